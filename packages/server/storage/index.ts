export { type Database, openDatabase } from './database.ts';
export { StorageError } from './error.ts';
export { kyselyOn } from './kysely-on.ts';
export { type Migration, migrate, migrateWithin, readMigrations } from './migrate.ts';
export { assertIsolated } from './row-security.ts';
export type { Tables } from './tables.ts';
export { type Tenancy, NOBODY, SYSTEM, asNobody, asOrganisation, asSystem, within } from './tenancy.ts';
