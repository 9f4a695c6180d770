import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import { runtimeDirectory } from './directories.ts';
import { DATABASE_ROLE } from './initialise.ts';

/** Where the embedded PostgreSQL of a data directory answers while a server works with it. */
export function embeddedTarget(dataDirectory: string): ClientConfig {
  return { host: join(runtimeDirectory(dataDirectory), 'postgres'), user: DATABASE_ROLE, database: DATABASE_ROLE };
}
