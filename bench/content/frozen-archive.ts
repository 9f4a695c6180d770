import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { benchCacheFolder } from '../osquery.ts';

const execute = promisify(execFile);

/** All that a freeze of a release asks its archive for. */
export interface FrozenArchive {
  readonly suite: string;
  readonly component: string;
  readonly architecture: string;
  /** By path below the archive's address. */
  readonly files: ReadonlyMap<string, Buffer>;
}

const COMPONENT = 'main';

/**
 * The largest release that this machine's apt is configured for: its signed file as apt has verified and kept it, and its index as the
 * archive has it, fetched once by apt itself from wherever it is configured. Null: there is none.
 */
export async function frozenArchive(): Promise<FrozenArchive | null> {
  const format = '$(CODENAME)|$(ARCHITECTURE)|$(REPO_URI)|$(BASE_URI)|$(FILENAME)';
  const { stdout } = await execute('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
    `Component: ${COMPONENT}`,
  ]);
  for (const line of stdout.split('\n')) {
    const [suite = '', architecture = '', repository = '', base = '', kept = ''] = line.split('|');
    // Security and updates are small.
    if (suite === '' || /[-/]/.test(suite) || !base.endsWith(`/dists/${suite}/`)) continue;
    const index = `${COMPONENT}/binary-${architecture}/Packages`;
    const release = await readFile(kept.replace(/_main_binary-[^/]*$/, '_InRelease')).catch(() => null);
    const listed = release === null ? null : entryOf(release.toString(), `${index}.xz`);
    if (release === null || listed === null) continue;
    const packed = await fetchByDigest(
      `${repository}dists/${suite}/${COMPONENT}/binary-${architecture}/by-hash/SHA256/${listed}`,
      listed,
    );
    const below = `dists/${suite}`;
    const files = new Map([
      [`${below}/InRelease`, release],
      [`${below}/${index}.xz`, packed],
      [`${below}/${COMPONENT}/binary-${architecture}/by-hash/SHA256/${listed}`, packed],
    ]);
    return { suite, component: COMPONENT, architecture, files };
  }
  return null;
}

function entryOf(release: string, path: string): string | null {
  return new RegExp(`^ ([0-9a-f]{64}) +\\d+ ${path.replaceAll('.', '\\.')}$`, 'm').exec(release)?.[1] ?? null;
}

async function fetchByDigest(uri: string, sha256: string): Promise<Buffer> {
  const folder = join(benchCacheFolder(process.env, process.getuid?.()), 'indexes');
  const path = join(folder, sha256);
  const known = await readFile(path).catch(() => null);
  if (known !== null && createHash('sha256').update(known).digest('hex') === sha256) return known;
  await mkdir(folder, { recursive: true });
  const work = await mkdtemp(join(folder, 'work-'));
  try {
    await execute('/usr/lib/apt/apt-helper', [
      '-oAPT::Sandbox::User=root',
      'download-file',
      uri,
      join(work, 'index'),
      `SHA256:${sha256}`,
    ]);
    await rename(join(work, 'index'), path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return readFile(path);
}
