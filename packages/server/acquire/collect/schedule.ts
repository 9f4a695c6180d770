import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { asSystem } from '../../storage/index.ts';
import { contentOf } from '../content.ts';
import { collect } from './collect.ts';
import { renewCollectable } from './collectable.ts';

const LOOK_MS = 10 * 60_000;
const PERIOD_MS = 24 * 3_600_000;

export interface Collections {
  /** Begins one now, unless one is under way anywhere. */
  readonly start: () => void;
  readonly close: () => Promise<void>;
}

/** Collects once a day, on whichever replica looks first, and when it is asked to. */
export function startCollections(context: ServerContext): Collections {
  let working: Promise<void> | undefined;
  const attempt = async (): Promise<void> => {
    try {
      const { store } = await contentOf(context);
      const collected = await collect(context, store);
      if (collected === null) return;
      context.log.info({ ...collected }, 'content was collected');
      void renewCollectable(context);
    } catch (error) {
      if (!context.stopping.aborted) context.log.error({ err: error }, 'content was not collected');
    }
  };
  const start = (): void => {
    working ??= asSystem(attempt).finally(() => {
      working = undefined;
    });
  };
  const timer = setInterval(() => {
    isDue(context).then(
      (due) => (due ? start() : undefined),
      (error: unknown) => context.log.warn({ err: error }, 'when content is collected next is not known'),
    );
  }, LOOK_MS);
  return {
    start,
    close: async () => {
      clearInterval(timer);
      await working;
    },
  };
}

async function isDue({ database, clock }: ServerContext): Promise<boolean> {
  const { rows } = await sql<{ last: Date | null }>`select max(started_at) as last from content_collection`.execute(
    database.kysely,
  );
  const last = rows[0]?.last ?? null;
  return last === null || clock().getTime() - last.getTime() >= PERIOD_MS;
}
