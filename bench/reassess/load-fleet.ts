import { createHash, hash } from 'node:crypto';
import type { ServerContext } from '@thimble/server';
import type { Installations } from './installations.ts';

/** Rows of one statement. */
const PACKAGES_AT_ONCE = 5_000;
const MANIFESTS_AT_ONCE = 250;
const ENDPOINTS_AT_ONCE = 100_000;

type Run = (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: readonly unknown[] }>;

/**
 * Writes a fleet as a server has it after its endpoints reported: their lists, kernels and documents, without what is
 * concluded from them. Endpoints are given the lists in turn.
 */
export async function loadFleet(
  { database, defaultOrganisationId: organisation }: Pick<ServerContext, 'database' | 'defaultOrganisationId'>,
  { packages, lists }: Installations,
  endpoints: number,
): Promise<void> {
  const client = await database.pool.connect();
  const run: Run = (text, values = []) => client.query(text, [...values]);
  try {
    await run('set statement_timeout = 0');
    // What is written belongs together; checking a million references takes longer than writing them.
    await run('set session_replication_role = replica');
    await run(
      'create temporary table bench_list (nth integer primary key, manifest_id integer, sha256 text, kernel text)',
    );
    const ids = await loadPackages(run, organisation, packages);
    await loadManifests(run, organisation, ids, lists);
    for (let at = 0; at < endpoints; at += ENDPOINTS_AT_ONCE)
      await loadEndpoints(run, organisation, at, Math.min(endpoints, at + ENDPOINTS_AT_ONCE), lists.length);
    await run('vacuum analyze');
  } finally {
    client.release(true);
  }
}

async function loadPackages(
  run: Run,
  organisation: string,
  packages: Installations['packages'],
): Promise<readonly number[]> {
  const ids = new Map<string, number>();
  const keyed = packages.map((entry) => ({ ...entry, key: hash('sha256', JSON.stringify(entry), 'hex') }));
  for (let at = 0; at < keyed.length; at += PACKAGES_AT_ONCE) {
    const { rows } = await run(
      `insert into package_version (organisation_id, key, name, architecture, version, source, source_version, status,
         automatic, held, origin)
       select $1, decode(r.key, 'hex'), r.name, r.architecture, r.version, r.source, r."sourceVersion", r.status,
         r.automatic, r.held, r.origin
       from jsonb_to_recordset($2::jsonb) as r (key text, name text, architecture text, version text, source text,
         "sourceVersion" text, status text, automatic boolean, held boolean, origin jsonb)
       returning id, encode(key, 'hex') as key`,
      [organisation, JSON.stringify(keyed.slice(at, at + PACKAGES_AT_ONCE))],
    );
    for (const { id, key } of rows as readonly { id: number; key: string }[]) ids.set(key, id);
  }
  return keyed.map(({ key }) => ids.get(key) ?? 0);
}

async function loadManifests(
  run: Run,
  organisation: string,
  ids: readonly number[],
  lists: Installations['lists'],
): Promise<void> {
  for (let at = 0; at < lists.length; at += MANIFESTS_AT_ONCE) {
    const rows = lists.slice(at, at + MANIFESTS_AT_ONCE).map(({ release, packages, kernel }, index) => {
      const own = Array.from(packages, (place) => ids[place] ?? 0).sort((a, b) => a - b);
      const sha256 = createHash('sha256')
        .update(`${release.codename} ${own.join()} ${at + index}`)
        .digest('hex');
      const distribution = { id: 'debian', versionId: release.versionId, codename: release.codename };
      return { nth: at + index, sha256, distribution, own, kernel };
    });
    await run(
      `with given as (
         select r.* from jsonb_to_recordset($2::jsonb) as r (nth int, sha256 text, distribution jsonb, own jsonb, kernel text)),
       stored as (
         insert into manifest (organisation_id, sha256, scheme, distribution, architecture, package_ids, first_seen_at)
         select $1, sha256, 'deb', distribution, 'amd64', array(select jsonb_array_elements_text(own)::int), now()
         from given order by nth returning id, sha256)
       insert into bench_list select nth, stored.id, sha256, kernel from given join stored using (sha256)`,
      [organisation, JSON.stringify(rows)],
    );
  }
}

async function loadEndpoints(run: Run, organisation: string, from: number, to: number, lists: number): Promise<void> {
  await run(`create temporary table bench_endpoint as
    select n, ('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid as id, manifest_id, sha256, kernel
    from generate_series(${from}, ${to - 1}) as n join bench_list on nth = n % ${lists}`);
  await run(
    `insert into endpoint (id, organisation_id, enrolment_token_id, keyid, public_key, machine, hostname, os_id, os_name,
       architecture, kernel, enrolled_at, condition, explanation)
     select id, $1, id, 'key-' || n, 'key', 'machine-' || n, 'endpoint-' || lpad(n::text, 7, '0'), 'debian',
       'Debian GNU/Linux', 'amd64', kernel, now(), 'current', '' from bench_endpoint order by n`,
    [organisation],
  );
  await run(
    `insert into heartbeat (endpoint_id, organisation_id, last_seen_at, main_sequence, manifest_sha256, reported_manifest)
     select id, $1, now(), 1, sha256, sha256 from bench_endpoint order by n`,
    [organisation],
  );
  await run(
    `insert into endpoint_manifest (organisation_id, endpoint_id, sha256, manifest_id, valid_from)
     select $1, id, sha256, manifest_id, now() from bench_endpoint order by n`,
    [organisation],
  );
  await run(
    `insert into endpoint_kernel (organisation_id, endpoint_id, running, installed, valid_from)
     select $1, id, kernel, kernel, now() from bench_endpoint order by n`,
    [organisation],
  );
  await run(
    `insert into endpoint_system (organisation_id, endpoint_id, sha256, document, valid_from)
     select $1, id, sha256, jsonb_build_object('format', 1, 'hostname', 'endpoint-' || n, 'architecture', 'amd64',
       'kernel', jsonb_build_object('running', kernel, 'installed', kernel, 'waitsForReboot', false),
       'staleProcesses', '[]'::jsonb, 'failedUnits', '[]'::jsonb, 'gaps', '[]'::jsonb), now()
     from bench_endpoint order by n`,
    [organisation],
  );
  await run('drop table bench_endpoint');
}
