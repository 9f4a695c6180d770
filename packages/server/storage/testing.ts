import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client, type ClientConfig } from 'pg';
import { type Database, openDatabase } from './database.ts';
import { migrate, readMigrations } from './migrate.ts';
import { SYSTEM } from './tenancy.ts';
import { BROKER_VARIABLE, startTestPostgres } from './testing-broker.ts';

export interface TestDatabase extends Database {
  /** Closes it and drops it. */
  readonly drop: () => Promise<void>;
}

/** Advisory lock under which the first test file makes the template. */
const TEMPLATE_LOCK = 0x7465_6d70;

/**
 * A database of its own with all migrations applied, on a real PostgreSQL that the whole test run shares. It is cloned
 * from a migrated template, which takes 70 ms where migrating would take more with each migration. A test sees all
 * organisations where it does not say otherwise; requests see their own, as always.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { target, end } = await findServer();
  const template = await ensureTemplate(target);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withClient(target, 'postgres', (client) =>
    client.query(`create database ${name} template ${template} strategy wal_log`),
  );
  const database = await openDatabase({ ...target, database: name }, 10, () => undefined, SYSTEM);
  return {
    ...database,
    drop: async () => {
      await database.close();
      await withClient(target, 'postgres', (client) => client.query(`drop database ${name} with (force)`));
      await end();
    },
  };
}

/** The run's shared server; without the global set-up (a single file in a debugger) one of its own. */
async function findServer(): Promise<{ target: ClientConfig; end: () => Promise<void> }> {
  const broker = process.env[BROKER_VARIABLE];
  if (broker === undefined) {
    const { server, end } = await startTestPostgres();
    return { target: { host: server.socketDirectory, user: server.user }, end };
  }
  const reply = JSON.parse(await text(connect(broker))) as ClientConfig & { error?: string };
  if (reply.error !== undefined) throw new Error(reply.error);
  return { target: reply, end: async () => undefined };
}

/** Named after its content: the migrations' digests. */
async function ensureTemplate(target: ClientConfig): Promise<string> {
  const migrations = await readMigrations();
  const digest = createHash('sha256')
    .update(migrations.map(({ sha256 }) => sha256).join())
    .digest('hex');
  const name = `template_${digest.slice(0, 16)}`;
  await withClient(target, 'postgres', async (client) => {
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount !== 0) return;
    // Of somebody whose migrations failed, or who was killed meanwhile.
    await client.query(`drop database if exists ${name}_new with (force)`);
    await client.query(`create database ${name}_new`);
    await migrate({ ...target, database: `${name}_new` }, migrations);
    await client.query(`alter database ${name}_new rename to ${name}`);
  });
  return name;
}

async function withClient<T>(target: ClientConfig, database: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...target, database });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
