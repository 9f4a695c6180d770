import type { Host } from './host.ts';

const FILE_MAX_BYTES = 1024 * 1024;

/** The fields of os-release(5) that we use; what it does not say is empty. */
export interface OsRelease {
  readonly id: string;
  readonly versionId: string;
  readonly codename: string;
  /** Distributions that it behaves like, nearest first. */
  readonly idLike: readonly string[];
  /** With which derivatives name the release that they build on. */
  readonly baseCodename: string;
  readonly prettyName: string;
}

export function parseOsRelease(text: string): OsRelease {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z_0-9]+)=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|(.*))$/.exec(line.trim());
    if (match?.[1] === undefined) continue;
    const value = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? match[4] ?? '';
    values.set(match[1], value.slice(0, 512));
  }
  const get = (name: string) => values.get(name) ?? '';
  return {
    id: get('ID') || 'linux',
    versionId: get('VERSION_ID'),
    codename: get('VERSION_CODENAME'),
    idLike: get('ID_LIKE')
      .split(' ')
      .filter((each) => each !== ''),
    baseCodename: get('UBUNTU_CODENAME') || get('DEBIAN_CODENAME'),
    prettyName: get('PRETTY_NAME') || get('NAME') || 'Linux',
  };
}

export async function readOsRelease(host: Host): Promise<OsRelease> {
  const limit = { maxBytes: FILE_MAX_BYTES };
  const data = (await host.readFile('/etc/os-release', limit)) ?? (await host.readFile('/usr/lib/os-release', limit));
  return parseOsRelease(data?.toString('utf8') ?? '');
}
