import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';

/** The tracker's JSON, as far as it is needed here. */
export type TrackerDocument = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        { readonly releases?: Readonly<Record<string, { readonly status: string; readonly fixed_version?: string }>> }
      >
    >
  >
>;

/**
 * Writes the tracker's statements on one release in debsecan's own format (its source, `fetch_data`): zlib of `VERSION 1`, the
 * names, an empty line, `package,index,flags,fixed version,other versions`, an empty line, sources and their binaries.
 */
export function writeDebsecanData(document: TrackerDocument, codename: string, folder: string): void {
  const names: string[] = [];
  const lines: string[] = [];
  for (const [source, vulnerabilities] of Object.entries(document))
    for (const [name, { releases }] of Object.entries(vulnerabilities)) {
      const statement = releases?.[codename];
      if (statement === undefined || statement.fixed_version === '0') continue;
      const isFixed = statement.status === 'resolved' && statement.fixed_version !== undefined;
      lines.push(
        `${source},${names.push(`${name},,`) - 1},S  ${isFixed ? 'F' : ' '},${isFixed ? statement.fixed_version : ''},`,
      );
    }
  mkdirSync(folder, { recursive: true });
  const text = ['VERSION 1', ...names, '', ...lines, '', ''].join('\n');
  writeFileSync(join(folder, codename), deflateSync(text));
}

/** `source CVE` of what debsecan finds in a dpkg status file. */
export function runDebsecan(folder: string, codename: string, statusPath: string): ReadonlySet<string> {
  const sources = sourcesOf(statusPath);
  const argv = [
    '--suite',
    codename,
    '--source',
    pathToFileURL(`${folder}/`).href,
    '--status',
    statusPath,
    '--format',
    'simple',
  ];
  const { stdout, stderr, status } = spawnSync('debsecan', argv, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`debsecan ended with ${String(status)}: ${stderr.slice(0, 500)}`);
  return new Set(
    stdout.split('\n').flatMap((line) => {
      const [id, name] = line.split(' ');
      return id === undefined || name === undefined ? [] : [`${sources.get(name) ?? name} ${id}`];
    }),
  );
}

function sourcesOf(statusPath: string): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const stanza of readFileSync(statusPath, 'latin1').split('\n\n')) {
    const name = /^Package: (.*)$/m.exec(stanza)?.[1];
    if (name !== undefined) sources.set(name, /^Source: (\S+)/m.exec(stanza)?.[1] ?? name);
  }
  return sources;
}
