import { canonicalJson, InstalledPackage, LIMITS, Manifest, type ManifestComponent } from '@thimble/protocol';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { HttpProblem } from '../../http/index.ts';
import { textParser } from '../agent-body.ts';
import type { SoftwareIds } from '../../assess/index.ts';
import type { Store } from './adopt.ts';
import { type Read, VersionIds } from './version-ids.ts';

const parse = textParser(Manifest);
const parsePackage = textParser(InstalledPackage);

interface Columns {
  readonly name: string;
  readonly architecture: string;
  readonly version: string;
  readonly source: string;
  readonly source_version: string;
  readonly status: string;
  readonly automatic: boolean;
  readonly held: boolean;
  readonly origin: InstalledPackage['origin'];
}

const INSERT = `insert into package_version
    (organisation_id, key, name, architecture, version, source, source_version, status, automatic, held, origin)
  select $1, k.key, c.name, c.architecture, c.version, c.source, c.source_version, c.status, c.automatic, c.held,
    nullif(c.origin, 'null')
  from unnest($2::bytea[]) with ordinality as k (key, n)
  join jsonb_array_elements($3::jsonb) with ordinality as e (value, n) using (n)
  cross join lateral jsonb_to_record(e.value) as c (name text, architecture text, version text, source text,
    source_version text, status text, automatic boolean, held boolean, origin jsonb)
  order by k.n
  on conflict (organisation_id, key) do nothing`;

export function packageVersionIds(pool: Pool): VersionIds<Columns> {
  return new VersionIds(pool, 'package_version', INSERT);
}

/**
 * Reads a list of installed packages.
 *
 * The text is cut into its entries without being parsed: an entry's end and the next one's begin, `"},{"architecture":`,
 * can't stand inside a JSON string, where the quotation mark would be escaped. An entry that is known was checked when it
 * first came; only unknown ones are parsed. So a list of 600 known packages costs 600 look-ups.
 *
 * @param text canonical JSON whose SHA-256 is `sha256`.
 * @returns what stores it, once for all endpoints that have the same.
 * @throws HttpProblem 400, 422
 */
export async function readManifest(
  ids: VersionIds<Columns>,
  software: SoftwareIds,
  organisationId: string,
  sha256: string,
  text: string,
  now: Date,
): Promise<Store> {
  const { head, body } = cut(text);
  const found = await ids.idsOf(organisationId, splitEntries(body), readPackage);
  let before = '';
  for (const { order } of found) {
    if (order <= before) throw notCanonical(`packages are not sorted, or one comes twice: ${order.replace('\0', ':')}`);
    before = order;
  }
  const packageIds = found.map(({ id }) => id).sort((a, b) => a - b);
  const components = head.components ?? [];
  const { ids: softwareIds } = await software.ofManifest(head.distribution, packageIds, components);
  return async (within) => {
    await sql`
      insert into manifest (organisation_id, sha256, scheme, distribution, architecture, package_ids, software_ids,
        components, first_seen_at)
      values (${organisationId}, ${sha256}, ${head.scheme}, ${JSON.stringify(head.distribution)}::jsonb,
        ${head.architecture}, ${packageIds}::int[], ${softwareIds}::int[], ${JSON.stringify(components)}::jsonb, ${now})
      on conflict do nothing`.execute(within);
  };
}

const OPENING = '"packages":[';
const ENDING = '],"scheme":"deb"}';
const BETWEEN = '"},{"architecture":';

/** The list without its entries, checked, and the entries' text. */
function cut(text: string): { readonly head: Manifest; readonly body: string } {
  const opening = text.indexOf(OPENING);
  if (opening < 0 || !text.endsWith(ENDING)) {
    // Says what is wrong with it, if it is not even of this shape.
    parse(text);
    throw notCanonical('members are missing, or not in order');
  }
  const from = opening + OPENING.length;
  const frame = text.slice(0, from) + ENDING;
  const head = parse(frame);
  const { architecture, distribution, components } = head;
  const { codename, id, versionId } = distribution;
  const printed = canonicalJson({
    architecture,
    ...(components === undefined ? {} : { components: components.map(knownComponent) }),
    distribution: { codename, id, versionId },
    format: 1,
    packages: [],
    scheme: 'deb',
  });
  if (printed !== frame) throw notCanonical('members are unknown, or not in order');
  let before = '';
  for (const { purl, place } of components ?? []) {
    const order = `${purl}\0${place}`;
    if (order <= before) throw notCanonical(`components are not sorted, or one comes twice: ${purl}`);
    before = order;
  }
  return { head, body: text.slice(from, text.length - ENDING.length) };
}

function knownComponent({ purl, place, locations }: ManifestComponent): ManifestComponent {
  return { purl, place, locations };
}

function splitEntries(body: string): string[] {
  const parts: string[] = [];
  if (body === '') return parts;
  let from = 0;
  for (let at = body.indexOf(BETWEEN); at >= 0; at = body.indexOf(BETWEEN, from)) {
    parts.push(body.slice(from, at + 2));
    from = at + 3;
    if (parts.length > LIMITS.packagesPerManifest) throw notCanonical('there are too many packages');
  }
  parts.push(body.slice(from));
  return parts;
}

function readPackage(text: string): Read<Columns> {
  const entry = parsePackage(text);
  const printed = canonicalPackage(entry);
  if (printed !== text) throw notCanonical(`the entry of ${entry.name} is not`);
  return { text: printed, order: `${entry.name}\0${entry.architecture}`, columns: columnsOf(entry) };
}

function notCanonical(why: string): HttpProblem {
  return new HttpProblem(422, 'not-canonical', {
    detail: `The document is not in its canonical form: ${why}`.slice(0, 1000),
  });
}

/** `canonicalJson` of one entry, spelt out: a manifest has hundreds, and this is what taking one in costs. */
function canonicalPackage(entry: InstalledPackage): string {
  const { architecture, automatic, held, name, origin, source, sourceVersion, status, version } = entry;
  return `{"architecture":${quote(architecture)},"automatic":${automatic},"held":${held},"name":${quote(name)},"origin":${
    origin === null ? 'null' : canonicalOrigin(origin)
  },"source":${quote(source)},"sourceVersion":${quote(sourceVersion)},"status":${quote(status)},"version":${quote(version)}}`;
}

function canonicalOrigin(given: NonNullable<InstalledPackage['origin']>): string {
  const { codename, component, label, origin, suite } = given;
  return `{"codename":${quote(codename)},"component":${quote(component)},"label":${quote(label)},"origin":${quote(origin)},"suite":${quote(suite)}}`;
}

function quote(text: string | null): string {
  return JSON.stringify(text);
}

function columnsOf(entry: InstalledPackage): Columns {
  const { name, architecture, version, source, sourceVersion, status, automatic, held, origin } = entry;
  return { name, architecture, version, source, source_version: sourceVersion, status, automatic, held, origin };
}
