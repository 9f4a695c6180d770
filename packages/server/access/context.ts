import type { ServerContext } from '../context.ts';

/** What signing in needs of the server's context. */
export type AccessContext = Pick<
  ServerContext,
  'database' | 'clock' | 'random' | 'newId' | 'settings' | 'events' | 'secrets' | 'publicUrl' | 'log'
>;
