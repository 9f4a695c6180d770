import { execFile } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const PACKAGES = ['nginx', 'apt-cacher-ng', 'wrk'];

export interface PeerPrograms {
  /** With which they find their libraries. */
  readonly env: Readonly<Record<string, string>>;
  readonly nginx: string;
  readonly aptCacherNg: string;
  /** Of apt-cacher-ng: its pages and lists. */
  readonly aptCacherNgSupport: string;
  readonly wrk: string;
}

/** Debian's own peers, fetched by this machine's apt and unpacked into a folder: nothing is installed, no service is started. */
export async function fetchPeerPrograms(folder: string): Promise<PeerPrograms> {
  const archives = join(folder, 'archives');
  await mkdir(join(archives, 'partial'), { recursive: true });
  const download = (): Promise<unknown> =>
    execute('apt-get', [
      '-qy',
      '--no-install-recommends',
      '--download-only',
      '--reinstall',
      `-oDir::Cache::archives=${archives}`,
      '-oDebug::NoLocking=1',
      'install',
      ...PACKAGES,
    ]);
  // Lists that are missing or name files which the mirror has no more.
  await download().catch(() => execute('apt-get', ['-q', 'update']).then(download));
  const root = join(folder, 'root');
  for (const name of await readdir(archives))
    if (name.endsWith('.deb')) await execute('dpkg-deb', ['-x', join(archives, name), root]);
  const libraries = (await readdir(join(root, 'usr', 'lib')))
    .filter((name) => name.includes('-linux-'))
    .flatMap((name) => [join(root, 'usr', 'lib', name), join(root, 'lib', name)]);
  return {
    env: { LD_LIBRARY_PATH: libraries.join(':'), LUA_PATH: `${root}/usr/share/luajit-2.1.0-beta3/?.lua;;` },
    nginx: join(root, 'usr', 'sbin', 'nginx'),
    aptCacherNg: join(root, 'usr', 'sbin', 'apt-cacher-ng'),
    aptCacherNgSupport: join(root, 'usr', 'lib', 'apt-cacher-ng'),
    wrk: join(root, 'usr', 'bin', 'wrk'),
  };
}
