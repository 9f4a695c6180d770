import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A second opinion that shares no code with the product: advisories and packages read with a few patterns, versions
 * compared by dpkg itself.
 */

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  readonly sourceVersion: string;
}

/** Fully or partly installed packages of a dpkg status file. */
export function readStatus(path: string): readonly InstalledPackage[] {
  return readFileSync(path, 'latin1')
    .split('\n\n')
    .flatMap((stanza) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(stanza)?.[1];
      const [name, version, status] = [field('Package'), field('Version'), field('Status') ?? ''];
      if (name === undefined || version === undefined || /not-installed|config-files/.test(status)) return [];
      const source = /^(\S+)(?: \((.+)\))?$/.exec(field('Source') ?? name);
      // Signed kernels: Debian signs what it built of `linux`; the binaries keep that version.
      if (source?.[1]?.startsWith('linux-signed-')) return [{ name, version, source: 'linux', sourceVersion: version }];
      return [{ name, version, source: source?.[1] ?? name, sourceVersion: source?.[2] ?? version }];
    });
}

export interface ListedFix {
  readonly advisory: string;
  readonly source: string;
  readonly fixed: string;
  readonly vulnerabilities: readonly string[];
}

/** The fixed versions that a DSA or DLA list states for one release. Entries without CVEs stand for themselves. */
export function readList(path: string, codename: string): readonly ListedFix[] {
  const fixes: ListedFix[] = [];
  for (const entry of readFileSync(path, 'utf8').split(/\n(?=\[)/)) {
    const advisory = /^\[[^\]]+\] (\S+)/.exec(entry)?.[1] ?? '';
    const named = /^\t\{([^}]*)\}/m.exec(entry)?.[1]?.match(/CVE-\d+-\d+/g) ?? [];
    for (const [, source = '', fixed = ''] of entry.matchAll(
      new RegExp(`^\\t\\[${codename}\\] - (\\S+) ([0-9][^\\s]*)`, 'gm'),
    ))
      fixes.push({ advisory, source, fixed, vulnerabilities: named.length > 0 ? named : [advisory] });
  }
  return fixes;
}

/** `source CVE` for each fix that is newer than what is installed of that source, by `dpkg --compare-versions`. */
export function missingFixes(packages: readonly InstalledPackage[], fixes: readonly ListedFix[]): ReadonlySet<string> {
  const pairs = fixes.flatMap((fix) =>
    [...new Set(packages.filter(({ source }) => source === fix.source).map(({ sourceVersion }) => sourceVersion))].map(
      (installed) => ({ fix, installed }),
    ),
  );
  const older = areOlder(pairs.map(({ fix, installed }) => [installed, fix.fixed]));
  return new Set(
    pairs.flatMap(({ fix }, index) =>
      older[index] === true ? fix.vulnerabilities.map((id) => `${fix.source} ${id}`) : [],
    ),
  );
}

function areOlder(pairs: readonly (readonly [string, string])[]): readonly boolean[] {
  const script = `while IFS=' ' read -r a b; do dpkg --compare-versions "$a" lt "$b" && echo 1 || echo 0; done`;
  const input = pairs.map((pair) => `${pair.join(' ')}\n`).join('');
  const { stdout, status } = spawnSync('/bin/sh', ['-c', script], {
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const answers = stdout.split('\n').filter((line) => line !== '');
  if (status !== 0 || answers.length !== pairs.length) throw new Error('dpkg did not answer for each pair');
  return answers.map((answer) => answer === '1');
}
