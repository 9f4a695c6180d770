import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Host } from '@thimble/drivers';
import type { OfferedVersion } from './look-for-version.ts';
import { UpdateFailure } from './update-failure.ts';
import type { InstalledVersion } from './update-state.ts';

/** What the endpoint needs besides: journals, outcomes, apt's lists. */
const SPARE_BYTES = 64 * 1024 * 1024;
/** Of a program that only prints its version. */
const PREFLIGHT_MS = 60_000;

/** @param folder the state's folder `update` */
export function programFile(folder: string, version: string): string {
  return join(folder, 'versions', version, 'thimble');
}

/**
 * Fetches, verifies, and puts a version beside those that are there. It is durable and has run once when it resolves.
 *
 * @throws UpdateFailure
 */
export async function installProgram(folder: string, offered: OfferedVersion, host: Host): Promise<InstalledVersion> {
  const { version, sha256, sizeBytes } = offered;
  const { bavail, bsize } = await statfs(folder);
  // It is there twice for a moment: as it came, and where it is kept.
  if (bavail * bsize < 2 * sizeBytes + SPARE_BYTES)
    throw new UpdateFailure('no-space', `no space for version ${version} of the agent (${sizeBytes} bytes, twice)`);
  const fetched = join(folder, 'fetched');
  try {
    await offered.download(fetched);
    await chmod(fetched, 0o700);
    await preflight(fetched, version, host);
    const file = programFile(folder, version);
    await mkdir(join(file, '..'), { recursive: true, mode: 0o700 });
    await sync(fetched);
    await rename(fetched, file);
    for (const changed of [join(file, '..'), join(folder, 'versions')]) await sync(changed);
    return { version, sha256, sizeBytes };
  } finally {
    await rm(fetched, { force: true });
  }
}

/** Whether every byte is as it was when it was verified: a disk, or somebody, may have changed it since. */
export async function isProgramWhole(folder: string, { version, sha256 }: InstalledVersion): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(programFile(folder, version)), hash);
    return hash.digest('hex') === sha256;
  } catch {
    return false;
  }
}

/** Versions that nothing runs any more go. */
export async function removeOtherPrograms(folder: string, kept: readonly string[]): Promise<void> {
  for (const name of await readdir(join(folder, 'versions')).catch(() => []))
    if (!kept.includes(name)) await rm(join(folder, 'versions', name), { recursive: true, force: true });
}

/** Wrong processor, missing library, a file system that runs nothing: known before anything depends on it. */
async function preflight(file: string, version: string, host: Host): Promise<void> {
  const said = await host.run([file, 'version'], { deadlineMs: PREFLIGHT_MS }).catch((error: unknown) => String(error));
  if (typeof said !== 'string' && said.exitCode === 0 && said.stdout.startsWith(`thimble ${version} `)) return;
  const heard =
    typeof said === 'string' ? said : `status ${said.exitCode}, ${said.stdout.trim()} ${said.stderr.trim()}`;
  throw new UpdateFailure('unusable', `version ${version} of the agent does not run here: ${heard.slice(0, 300)}`);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
