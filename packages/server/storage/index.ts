export { type Database, openDatabase } from './database.ts';
export { StorageError } from './error.ts';
export { type Migration, migrate, readMigrations } from './migrate.ts';
export type { Tables } from './tables.ts';
