import type { ClaimKey, Software } from '@thimble/advisories';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';

/** Software as verdicts are about it. */
export interface StoredSoftware {
  readonly id: number;
  readonly software: Software;
  readonly purl: string;
  readonly keys: readonly ClaimKey[];
}

interface Row {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
  readonly scheme: string;
  readonly architecture: string | null;
  readonly source_name: string | null;
  readonly source_version: string | null;
  readonly origin: Software['origin'];
  readonly origin_name: string | null;
  readonly module: string | null;
  readonly channel: string | null;
  readonly purl: string;
  readonly keys: readonly ClaimKey[] | null;
}

/** @param which a condition on `s`. @param lock nobody else assesses these until the transaction ends. */
export async function loadSoftware(
  within: Kysely<Tables>,
  which: RawBuilder<unknown>,
  lock: 'none' | 'lock' = 'none',
): Promise<readonly StoredSoftware[]> {
  if (lock === 'lock')
    await sql`select 1 from software s where ${which} order by s.id for no key update`.execute(within);
  const { rows } = await sql<Row>`
    select s.id, s.namespace, s.name, s.version, s.scheme, s.architecture, s.source_name, s.source_version, s.origin,
      s.origin_name, s.module, s.channel, s.purl,
      (select jsonb_agg(jsonb_build_object('namespace', k.namespace, 'name', k.name, 'nameKind', k.name_kind))
        from software_key k where k.software_id = s.id) as keys
    from software s where ${which} order by s.id`.execute(within);
  return rows.map((row) => ({ id: row.id, software: softwareOfRow(row), purl: row.purl, keys: row.keys ?? [] }));
}

export function softwareOfRow(row: Omit<Row, 'id' | 'purl' | 'keys'>): Software {
  const { source_name: name, source_version: version } = row;
  return {
    namespace: row.namespace,
    name: row.name,
    version: row.version,
    scheme: row.scheme,
    architecture: row.architecture,
    source: name === null ? null : { name, version: version ?? row.version },
    origin: row.origin,
    originName: row.origin_name,
    module: row.module,
    channel: row.channel,
  };
}
