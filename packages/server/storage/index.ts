export { type Database, openDatabase } from './database.ts';
export { StorageError } from './error.ts';
export { migrate, readMigrations } from './migrate.ts';
export type { Tables } from './tables.ts';
