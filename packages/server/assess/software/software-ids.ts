import { hash } from 'node:crypto';
import { type Software, lookupKeys } from '@thimble/advisories';
import type { InstalledPackage, Manifest, ManifestComponent } from '@thimble/protocol';
import type { Pool } from 'pg';
import { kernelReleaseOf } from './kernel-release.ts';
import { type PlacedSoftware, softwareOfComponent, softwareOfInstalled } from './software-of-manifest.ts';

/** Ids remembered per server, about 100 bytes each. */
const REMEMBERED = 300_000;

/** The same distribution's entry is the same software; what is remembered is by distribution and entry. */
type Remembered = Map<string, number>;

/** Ids of distinct software. Software is one for all organisations: it says what a package is, not who has it. */
export class SoftwareIds {
  readonly #pool: Pool;
  readonly #known: Remembered = new Map();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /**
   * Of a manifest's packages and components, sorted, without doubles. Known ones cost a look-up in memory; new ones are
   * stored here, to be assessed by the reconciler: software that no list came to use harms nobody.
   *
   * @param packageIds of `package_version`.
   */
  async ofManifest(
    distribution: Manifest['distribution'],
    packageIds: readonly number[],
    components: readonly ManifestComponent[],
  ): Promise<{ readonly ids: readonly number[]; readonly fresh: boolean }> {
    const place = `${distribution.id}\0${distribution.versionId}\0${distribution.codename}\0`;
    const ids: number[] = [];
    const missing = new Map<string, PlacedSoftware>();
    const unread: number[] = [];
    for (const id of packageIds) {
      const known = this.#known.get(place + id);
      if (known === undefined) unread.push(id);
      else ids.push(known);
    }
    for (const { id, ...entry } of await this.#readPackages(unread))
      missing.set(place + id, softwareOfInstalled(entry, distribution));
    for (const component of components) {
      const known = this.#known.get(component.purl);
      if (known !== undefined) ids.push(known);
      else missing.set(component.purl, softwareOfComponent(component));
    }
    const stored = await storeSoftware(this.#pool, [...missing.values()]);
    this.#remember(missing, stored.ids);
    for (const placed of missing.values()) {
      const id = stored.ids.get(keyOf(placed));
      if (id === undefined) throw new Error('software that was just stored has no id');
      ids.push(id);
    }
    return { ids: [...new Set(ids)].sort((a, b) => a - b), fresh: stored.fresh };
  }

  async #readPackages(ids: readonly number[]): Promise<readonly (InstalledPackage & { readonly id: number })[]> {
    if (ids.length === 0) return [];
    const { rows } = await this.#pool.query<InstalledPackage & { id: number }>(
      `select id, name, architecture, version, source, source_version as "sourceVersion", status, automatic, held, origin
       from package_version where id = any($1)`,
      [ids],
    );
    return rows;
  }

  #remember(missing: ReadonlyMap<string, PlacedSoftware>, stored: ReadonlyMap<string, number>): void {
    if (this.#known.size + missing.size > REMEMBERED) this.#known.clear();
    for (const [name, placed] of missing) {
      const id = stored.get(keyOf(placed));
      if (id !== undefined) this.#known.set(name, id);
    }
  }
}

/** In one statement, so that software is never without the names under which advisories find it. */
const STORE = `
  with given as (
    select decode(r.key, 'hex') as key, r.software as s, r.purl, r.kernel, r.names
    from jsonb_to_recordset($1::jsonb) as r (key text, software jsonb, purl text, kernel text, names jsonb)),
  fresh as (
    insert into software (key, namespace, name, version, scheme, architecture, source_name, source_version, origin,
      origin_name, module, channel, purl, kernel_release)
    select key, s->>'namespace', s->>'name', s->>'version', s->>'scheme', s->>'architecture', s->'source'->>'name',
      s->'source'->>'version', s->>'origin', s->>'originName', s->>'module', s->>'channel', purl, kernel
    from given where not exists (select 1 from software known where known.key = given.key)
    order by key
    on conflict (key) do nothing returning id, key),
  named as (
    insert into software_key (software_id, namespace, name, name_kind)
    select distinct f.id, n.namespace, n.name, n."nameKind" from fresh f join given using (key)
    cross join lateral jsonb_to_recordset(given.names) as n (namespace text, name text, "nameKind" text))
  select count(*) as count from fresh`;

/** @returns ids by key, and whether any of it is new. */
export async function storeSoftware(
  pool: Pool,
  software: readonly PlacedSoftware[],
): Promise<{ readonly ids: ReadonlyMap<string, number>; readonly fresh: boolean }> {
  const rows = [...new Map(software.map((placed) => [keyOf(placed), placed]))].map(([key, placed]) => ({
    key,
    software: placed.software,
    purl: placed.purl,
    kernel: kernelReleaseOf(placed.software.name),
    names: lookupKeys(placed.software),
  }));
  if (rows.length === 0) return { ids: new Map(), fresh: false };
  const keys = rows.map(({ key }) => Buffer.from(key, 'hex'));
  const inserted = await pool.query<{ count: number }>(STORE, [JSON.stringify(rows)]);
  const found = await pool.query<{ id: number; key: string }>(
    `select id, encode(key, 'hex') as key from software where key = any($1)`,
    [keys],
  );
  return { ids: new Map(found.rows.map(({ id, key }) => [key, id])), fresh: (inserted.rows[0]?.count ?? 0) > 0 };
}

const keys = new WeakMap<PlacedSoftware, string>();

/** SHA-256, hexadecimal, of everything that makes software what it is. */
export function keyOf(placed: PlacedSoftware): string {
  let key = keys.get(placed);
  if (key === undefined) {
    key = hash('sha256', JSON.stringify(membersOf(placed.software)), 'hex');
    keys.set(placed, key);
  }
  return key;
}

function membersOf({ namespace, name, version, scheme, architecture, source, ...rest }: Software): readonly unknown[] {
  const { origin, originName, module, channel } = rest;
  const built = [source?.name ?? null, source?.version ?? null];
  return [namespace, name, version, scheme, architecture, built, origin, originName, module, channel];
}
