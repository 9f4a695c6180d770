import type { PackageFacts } from '../match/index.ts';
import type { OperatingSystem } from '../model/index.ts';

/** A document in its upstream's shape, given to the feed that reads it. */
export interface Recorded {
  /** Feed id. */
  readonly feed: string;
  readonly role: string;
  readonly path: string;
  readonly content?: string;
  readonly entries?: Readonly<Record<string, string>>;
}

/** `affected` and `not-affected` are facts; `unknown` is where an honest answer is that nobody can tell from the records. */
export type Truth = 'affected' | 'not-affected' | 'unknown';

export interface LabelledInventory {
  readonly name: string;
  readonly records: readonly Recorded[];
  /** Null: package URLs only. */
  readonly os: OperatingSystem | null;
  /** By the name under which labels speak of it. */
  readonly packages: Readonly<Record<string, PackageFacts>>;
  readonly purls: Readonly<Record<string, string>>;
  /** Every match has a label; one without is a failure, and so is a label without its package. */
  readonly labels: readonly (readonly [vulnerability: string, subject: string, truth: Truth])[];
}

/** An entry of a Debian manifest. Source and version as the binary's where they are the same. */
export function deb(name: string, version: string, given: Partial<PackageFacts> = {}): PackageFacts {
  return { name, version, architecture: 'amd64', source: name, sourceVersion: null, origin: null, ...given };
}

export function rpm(name: string, version: string, given: Partial<PackageFacts> = {}): PackageFacts {
  return { name, version, architecture: 'x86_64', source: null, sourceVersion: null, origin: null, ...given };
}

/** A Release file's words. */
export function release(origin: string, codename: string, suite = codename) {
  return { origin, label: origin, suite, codename, component: 'main' } as const;
}

/** An OSV record with one range, as its ecosystem's export has it. */
export function osv(feed: string, ecosystem: string, id: string, given: Readonly<Record<string, unknown>>): Recorded {
  const record = { schema_version: '1.6.0', id, modified: '2024-06-01T00:00:00Z', ...given };
  const folder = ecosystem.startsWith('AlmaLinux:') ? `almalinux${ecosystem.slice(10)}/` : '';
  return { feed, role: 'archive', path: 'all.zip', entries: { [`${folder}${id}.json`]: JSON.stringify(record) } };
}

/** `affected` of an OSV record: pairs of introduced and fixed. */
export function affects(ecosystem: string, name: string, ...bounds: readonly string[]) {
  const events = bounds.map((bound, index) => (index % 2 === 0 ? { introduced: bound } : { fixed: bound }));
  return { package: { ecosystem, name }, ranges: [{ type: 'ECOSYSTEM', events }] };
}
