export type { ConnectionTarget, Database } from './database.ts';
export type { Tables } from './tables.ts';
