import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Tables } from './tables.ts';

/** The PostgreSQL that everything is kept in. Use `kysely`; `pool` is for COPY and for hot statements written by hand. */
export interface Database {
  readonly kysely: Kysely<Tables>;
  readonly pool: Pool;
  /** For code that needs its own session (LISTEN, advisory locks): a libpq-style connection configuration. */
  readonly connection: ConnectionTarget;
  readonly close: () => Promise<void>;
}

/** Where PostgreSQL listens: a URL, or a Unix socket directory with the peer's role. */
export type ConnectionTarget =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'socket'; readonly directory: string; readonly database: string; readonly user: string };
