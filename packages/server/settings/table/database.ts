import type { Setting } from './setting.ts';

/** Its PostgreSQL, embedded or your own. */
export const databaseSettings = [
  {
    name: 'databaseUrl',
    type: 'url',
    default: undefined,
    secret: true,
    description:
      'URL of your own PostgreSQL (15 or newer), postgresql://user:password@host/database. Without it an embedded PostgreSQL runs in the data directory. Other users can read flags (ps), so prefer the variable or the file.',
  },
  {
    name: 'databasePoolSize',
    type: 'integer',
    range: [2, 200],
    default: 10,
    description: 'Largest number of database connections that this server opens for requests.',
  },
  {
    name: 'postgresSharedBuffersMb',
    type: 'integer',
    range: [1, 65_536],
    default: 64,
    description: 'Buffer memory of the embedded PostgreSQL, in MB.',
  },
  {
    name: 'postgresConnections',
    type: 'integer',
    range: [10, 500],
    default: 40,
    description: 'Largest number of connections that the embedded PostgreSQL accepts.',
  },
] as const satisfies readonly Setting[];
