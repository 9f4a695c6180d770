/**
 * A server as shipped whose database knows a million objects of made-up repositories: `node collect-process.ts ORDER` (a CollectOrder as
 * JSON). Prints a line when all is there, collects when a line comes on its input, prints how that went, and ends when its input does.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiSocketPath, loadSettings, processSources, type ServerContext, STAGES, startServer } from '@thimble/server';
import { asSystem } from '@thimble/server/testing';
import { callLocally } from './local-api.ts';

export interface CollectOrder {
  readonly data: string;
  readonly store: string;
  readonly objects: number;
  /** Every so many-th is not wanted by anything. */
  readonly deadEvery: number;
  readonly repositories: number;
}

export interface Collected {
  readonly seconds: number;
  readonly examined: number;
  readonly removed: number;
  readonly message: string;
}

const LOOK_MS = 50;
const DEADLINE_MS = 900_000;

/** Objects are named by the digests of the numbers from 1; the last digits of a number say whose it is. */
async function load({ database, defaultOrganisationId }: ServerContext, order: CollectOrder): Promise<void> {
  const client = await database.pool.connect();
  const digest = `encode(sha256(convert_to(n::text, 'UTF8')), 'hex')`;
  try {
    await client.query('set statement_timeout = 0');
    await client.query('set session_replication_role = replica');
    await client.query(
      `insert into content_object select ${digest}, 0, now() - interval '3 days', now() - interval '3 days'
       from generate_series(1, $1::int) as n`,
      [order.objects],
    );
    await client.query(
      `with made as (
         insert into content_repository (id, organisation_id, name, format, uris, suite, components, architectures, added_at,
           added_by, sequence, enabled)
         select gen_random_uuid(), $1, 'made ' || r, 'apt', array['http://made-' || r || '.example/'], 'stable', '{main}', '{amd64}',
           now(), 'bench', 1, false from generate_series(0, $2::int - 1) as r returning id, name),
       frozen as (
         insert into content_revision (id, repository_id, organisation_id, sequence, created_at, metadata_path, metadata_sha256,
           package_count, package_bytes, metadata_bytes, added_count, removed_count)
         select gen_random_uuid(), id, $1, 1, now() - interval '3 days', 'InRelease', name, 0, 0, 0, 0, 0 from made)
       insert into content_package (repository_id, path, name, version, architecture, source, source_version, size_bytes,
         check_kind, check_value, sha256, since_sequence)
       select made.id, 'pool/main/m/made/made-' || n || '_1.0_amd64.deb', 'made-' || n, '1.0', 'amd64', 'made-' || n, '1.0', 0,
         'sha256', ${digest}, ${digest}, 1
       from made join generate_series(1, $3::int) as n on 'made ' || n % $2::int = made.name where n % $4::int <> 0`,
      [defaultOrganisationId, order.repositories, order.objects, order.deadEvery],
    );
    await client.query('vacuum analyze');
  } finally {
    client.release(true);
  }
}

async function collect({ database, settings }: ServerContext): Promise<Collected> {
  const began = performance.now();
  await callLocally(apiSocketPath(settings.data), 'POST', '/content/collect');
  while (performance.now() - began < DEADLINE_MS) {
    const { rows } = await database.pool.query<{ ended: boolean; examined: number; removed: number; message: string }>(
      `select ended_at is not null as ended, examined_count::int as examined, removed_count::int as removed, message
       from content_collection`,
    );
    const [row] = rows;
    if (row?.ended === true) return { seconds: (performance.now() - began) / 1000, ...row };
    await sleep(LOOK_MS);
  }
  throw new Error('the collection does not come to an end');
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? '') as CollectOrder;
  const flags = [
    '--data',
    order.data,
    '--content-store',
    order.store,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--feeds',
    'off',
  ];
  const server = await startServer(loadSettings(processSources(flags)), { stages: STAGES });
  // As the server itself: by itself its database shows nothing to anybody.
  await asSystem(() => load(server.context, order));
  process.stdout.write('loaded\n');
  for await (const _line of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await asSystem(() => collect(server.context)))}\n`);
  await server.stop();
  process.exit(0);
}
