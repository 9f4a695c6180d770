import type { Endpoint } from '../endpoint.ts';

/** What dpkg itself says of an endpoint. */
export type DpkgState = {
  /** `name:architecture` → version, of all packages that are at least unpacked; sorted. */
  readonly versions: ReadonlyMap<string, string>;
  /** `name:architecture` → dpkg's status word. */
  readonly statuses: ReadonlyMap<string, string>;
  /** Of `dpkg --audit`: empty when the database is consistent. */
  readonly audit: string;
};

const FORMAT = '${Package}\\t${Architecture}\\t${Version}\\t${db:Status-Status}\\n';

export async function dpkgState(endpoint: Endpoint): Promise<DpkgState> {
  const listed = await endpoint.shell(`dpkg-query -W -f '${FORMAT}'`);
  const rows = listed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
    .filter(([, , , status]) => status !== 'config-files' && status !== 'not-installed')
    .map(([name = '', architecture = '', version = '', status = '']) => ({
      key: `${name}:${architecture}`,
      version,
      status,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const audit = await endpoint.exec(['dpkg', '--audit']);
  return {
    versions: new Map(rows.map(({ key, version }) => [key, version])),
    statuses: new Map(rows.map(({ key, status }) => [key, status])),
    audit: `${audit.stdout}${audit.stderr}`.trim(),
  };
}

/** `name:architecture from → to`, with `-` for not installed; sorted. */
export function versionDifference(before: DpkgState, after: DpkgState): readonly string[] {
  const keys = [...new Set([...before.versions.keys(), ...after.versions.keys()])].sort();
  return keys
    .map((key) => ({ key, from: before.versions.get(key) ?? '-', to: after.versions.get(key) ?? '-' }))
    .filter(({ from, to }) => from !== to)
    .map(({ key, from, to }) => `${key} ${from} → ${to}`);
}

/** Approved changes in the same words. */
export function changesInWords(
  changes: readonly { name: string; architecture: string; from: string | null; to: string | null }[],
): readonly string[] {
  return changes
    .map(({ name, architecture, from, to }) => `${name}:${architecture} ${from ?? '-'} → ${to ?? '-'}`)
    .sort();
}
