import type { Database } from '../storage/index.ts';

export interface SeededFleet {
  readonly endpoints: number;
  readonly manifests: number;
  /** Distinct package names, each in several versions. */
  readonly names: number;
  readonly versions: number;
  readonly packagesPerManifest: number;
}

/**
 * Endpoints that share lists of made-up Debian packages (`package-17` in the versions 1.1 to 1.N), written straight into the
 * tables: what a check-in of each would leave there. The endpoints run no kernel and have no updates.
 */
export async function seedFleet(
  { pool }: Pick<Database, 'pool'>,
  organisationId: string,
  { endpoints, manifests, names, versions, packagesPerManifest }: SeededFleet,
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    await client.query(
      `with made as (
         insert into software (key, namespace, name, version, scheme, architecture, source_name, source_version, origin, purl)
         select sha256(convert_to('seed ' || n || ' ' || v, 'UTF8')), 'debian:12', 'package-' || n, '1.' || v, 'deb', 'amd64',
           'package-' || n, '1.' || v, 'distribution', 'pkg:deb/debian/package-' || n || '@1.' || v
         from generate_series(0, $1::int - 1) as n, generate_series(1, $2::int) as v returning id, name)
       insert into software_key (software_id, namespace, name, name_kind)
       select id, space, name, kind from made, unnest(array['debian:12', 'debian:12', 'debian', 'debian'],
         array['source', 'binary', 'source', 'binary']) as key (space, kind)`,
      [names, versions],
    );
    await client.query(
      `with numbered as (select array_agg(id order by name, version) as ids, name from software
         where purl like 'pkg:deb/debian/package-%' group by name),
       named as (select array_agg(ids[1] order by name) as firsts, min(cardinality(ids)) as versions from numbered)
       insert into manifest (organisation_id, sha256, scheme, distribution, architecture, package_ids, software_ids,
         first_seen_at)
       select $1, encode(sha256(convert_to('seed manifest ' || m, 'UTF8')), 'hex'), 'deb',
         '{"id": "debian", "versionId": "12", "codename": "bookworm"}', 'amd64', '{}', (
           select array_agg(id order by id) from (
             select distinct on (n) numbered.ids[1 + (m * 7 + n * 13) % named.versions] as id
             from generate_series(0, $3::int - 1) as n
             join lateral (select ids from (select ids, row_number() over (order by name) as place from numbered) as p
               where p.place = 1 + (m * 31 + n * 17) % $4::int) as numbered on true) as picked), now()
       from named, generate_series(0, $2::int - 1) as m`,
      [organisationId, manifests, packagesPerManifest, names],
    );
    await client.query(
      `with token as (
         insert into enrolment_token (id, organisation_id, secret_hash, name, created_by, created_at)
         values (gen_random_uuid(), $1, sha256(convert_to(gen_random_uuid()::text, 'UTF8')), 'seed', 'seed', now())
         returning id),
       list as (select array_agg(id) as ids from manifest where organisation_id = $1),
       made as (
         insert into endpoint (id, organisation_id, enrolment_token_id, keyid, public_key, machine, hostname, os_id, os_name,
           architecture, enrolled_at)
         select gen_random_uuid(), $1, token.id, 'seed-' || n, '', '', 'seed-' || lpad(n::text, 8, '0'), 'debian', 'Debian',
           'amd64', now() from token, generate_series(1, $2::int) as n returning id, hostname)
       insert into endpoint_manifest (organisation_id, endpoint_id, sha256, manifest_id, valid_from)
       select $1, made.id, m.sha256, m.id, now() from made, list
       join lateral (select id, sha256 from manifest
         where id = list.ids[1 + hashtext(made.hostname)::bigint % cardinality(list.ids)
           + case when hashtext(made.hostname) < 0 then cardinality(list.ids) - 1 else 0 end]) as m on true`,
      [organisationId, endpoints],
    );
    await client.query('analyze');
  } finally {
    client.release(true);
  }
}
