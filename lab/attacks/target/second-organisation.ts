import { createHash } from 'node:crypto';
import { createEnrolmentToken, FakeAgent } from '@thimble/server/testing';
import { roleToken } from './role-token.ts';
import type { Target } from './target.ts';

/** Another tenant of the same server, with something of everything. */
export interface SecondOrganisation {
  readonly id: string;
  readonly agent: FakeAgent;
  /** Headers of its owner's token. */
  readonly owner: Readonly<Record<string, string>>;
  /** Ids of its rows, whatever they are. */
  readonly ids: () => Promise<readonly string[]>;
  /** Of its rows, by table: another one when anything was changed. */
  readonly fingerprints: () => Promise<ReadonlyMap<string, string>>;
}

/** Its name and what else of it nobody may read. */
export const SECRET_NAME = 'Cinnabar Holdings';
const HOSTNAME = 'cinnabar-vault';
const JSON_TYPE = { 'content-type': 'application/json' } as const;
/** What changes by itself: times at which something was seen, and what a loop writes. */
const RESTLESS = new Set([
  'heartbeat',
  'api_token',
  'evidence_checkpoint',
  'evidence_leaf',
  'evidence',
  'assessment_state',
]);

export const SECRETS: readonly string[] = [
  SECRET_NAME,
  HOSTNAME,
  'cinnabar-exception',
  'cinnabar-token',
  'cinnabar-freeze',
];

const made = new WeakMap<Target, Promise<SecondOrganisation>>();

export function secondOrganisation(target: Target): Promise<SecondOrganisation> {
  let organisation = made.get(target);
  if (organisation === undefined) {
    organisation = make(target);
    made.set(target, organisation);
  }
  return organisation;
}

async function make(target: Target): Promise<SecondOrganisation> {
  const { context, url } = target.server;
  const { pool } = context.database;
  const id = context.newId();
  await pool.query('insert into organisation (id, name) values ($1, $2)', [id, SECRET_NAME]);
  const { secret } = await createEnrolmentToken(
    context,
    { organisationId: id, name: 'theirs' },
    { name: 'cinnabar-token' },
  );
  const agent = new FakeAgent(url, HOSTNAME);
  agent.clock = target.now;
  await agent.enrol(secret);
  await agent.report();
  const owner = await roleToken(target, 'owner', id);
  const post = (path: string, body: object) =>
    target.send({
      method: 'POST',
      path: `/api/v1${path}`,
      headers: { ...owner, ...JSON_TYPE },
      body: JSON.stringify(body),
    });
  await post('/freezes', { reason: 'cinnabar-freeze' });
  await post('/runs', { endpoints: [agent.id], selection: { kind: 'security' } });
  await post('/roles', { name: 'cinnabar-role', description: '', permissions: ['endpoints:read'] });
  await agent.work();
  const tables = await tablesWithOrganisation(target);
  return {
    id,
    agent,
    owner,
    ids: async () => {
      const ids = new Set([id]);
      for (const table of tables.filter(({ hasId }) => hasId)) {
        const { rows } = await pool.query<{ id: string }>(
          `select id::text from ${table.name} where organisation_id = $1 limit 20`,
          [id],
        );
        for (const row of rows) ids.add(row.id);
      }
      return [...ids].filter((each) => each.length === 36);
    },
    fingerprints: async () => {
      const prints = new Map<string, string>();
      for (const { name } of tables.filter((table) => !RESTLESS.has(table.name))) {
        const { rows } = await pool.query<{ row: string }>(
          `select t::text as row from ${name} as t where organisation_id = $1 order by 1`,
          [id],
        );
        const text = rows.map(({ row }) => row).join('\n');
        prints.set(name, createHash('sha256').update(text).digest('hex'));
      }
      return prints;
    },
  };
}

async function tablesWithOrganisation({
  server,
}: Target): Promise<readonly { readonly name: string; readonly hasId: boolean }[]> {
  const { rows } = await server.context.database.pool.query<{ name: string; has_id: boolean }>(
    `select c.table_name as name, exists (select from information_schema.columns i
       where i.table_schema = 'public' and i.table_name = c.table_name and i.column_name = 'id') as has_id
     from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'organisation_id' and t.table_type = 'BASE TABLE' order by 1`,
  );
  return rows.map(({ name, has_id: hasId }) => ({ name, hasId }));
}
