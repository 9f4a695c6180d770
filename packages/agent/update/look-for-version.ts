import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isVersion } from '@thimble/versions';
import { Updater, type TargetFile } from 'tuf-js';
import type { Disk } from '../state/disk.ts';
import type { RepositoryFetcher } from './repository-fetcher.ts';
import { UpdateFailure } from './update-failure.ts';

export interface RepositorySource {
  readonly disk: Disk;
  /** The state's folder `update`; absolute. */
  readonly folder: string;
  /** The root that this endpoint trusts from the start; the newest that followed from it is kept beside. */
  readonly pinnedRoot: Uint8Array;
  readonly fetcher: RepositoryFetcher;
  /** Of the server, without a slash at its end; `/updates/` is below it. */
  readonly serverUrl: string;
  /** `linux-x64` */
  readonly platform: string;
}

/** The version that the repository's keys vouch for now. */
export interface OfferedVersion {
  readonly version: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Fetches and verifies it. @param file absolute. @throws UpdateFailure `unreachable`, `refused` */
  download(file: string): Promise<void>;
}

const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const;

/** A fleet's own repository is a few files with two keys a role; a hostile one must not fill memory or disk. */
const LIMITS = {
  maxRootRotations: 64,
  // Roles that targets delegates to are not used, so none is followed.
  maxDelegations: 0,
  rootMaxLength: 256 * 1024,
  timestampMaxLength: 16 * 1024,
  snapshotMaxLength: 256 * 1024,
  targetsMaxLength: 1024 * 1024,
};
/** Four times what the agent's single file has. */
const MAX_PROGRAM_BYTES = 512 * 1024 * 1024;

/**
 * Refreshes what is known of the repository, as section 5 of the TUF specification says, and reads what is offered for
 * a platform. What was verified on the way is kept even when a later step fails: it is what no repository may go behind.
 *
 * @returns null: nothing for this platform.
 * @throws UpdateFailure `unreachable`, `refused`
 */
export async function lookForVersion(source: RepositorySource): Promise<OfferedVersion | null> {
  const { disk, folder, fetcher, serverUrl, platform } = source;
  // The library writes in place, which a power failure could tear: it gets a copy, and what it leaves is kept durably.
  const work = join(folder, 'work');
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true, mode: 0o700 });
  const kept = new Map<string, Buffer>();
  for (const role of ROLES) {
    const data = await disk.read(`update/${role}.json`);
    if (data !== null) kept.set(role, data);
  }
  for (const [role, data] of new Map([['root', Buffer.from(source.pinnedRoot)], ...kept]))
    await writeFile(join(work, `${role}.json`), data);

  async function keep(): Promise<void> {
    for (const role of ROLES) {
      const data = await readFile(join(work, `${role}.json`)).catch(() => null);
      if (data !== null && kept.get(role)?.equals(data) !== true) await disk.write(`update/${role}.json`, data);
    }
    await rm(work, { recursive: true, force: true });
  }

  const base = `${serverUrl}/updates`;
  const target = await told(fetcher, async () => {
    const updater = new Updater({
      metadataDir: work,
      metadataBaseUrl: base,
      targetBaseUrl: `${base}/targets`,
      fetcher,
      config: LIMITS,
    });
    await updater.refresh();
    const found = await updater.getTargetInfo(`thimble-agent-${platform}`);
    return found === undefined ? null : { found, updater };
  }).finally(keep);
  if (target === null) return null;
  const { found, updater } = target;
  return {
    ...readTarget(found, platform),
    download: (file) => told(fetcher, () => updater.downloadTarget(found, file)).then(() => undefined),
  };
}

/** What the release says of a target, none of which the library looks at. */
function readTarget(
  { length, hashes, custom }: TargetFile,
  platform: string,
): Pick<OfferedVersion, 'version' | 'sha256' | 'sizeBytes'> {
  const { version, platform: builtFor } = custom;
  const sha256 = hashes['sha256'];
  if (typeof version !== 'string' || !/^\d+\.\d+\.\d+[\w.-]{0,40}$/.test(version) || !isVersion('semver', version))
    throw new UpdateFailure('refused', 'the release has no version');
  if (builtFor !== platform) throw new UpdateFailure('refused', `the release is for ${String(builtFor)}`);
  // Without a digest only its length would vouch for it.
  if (sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256))
    throw new UpdateFailure('refused', 'the release has no SHA-256');
  if (!(length > 0 && length <= MAX_PROGRAM_BYTES))
    throw new UpdateFailure('refused', `the release has ${length} bytes, and at most ${MAX_PROGRAM_BYTES} are taken`);
  return { version, sha256, sizeBytes: length };
}

/** The library's errors say what is wrong with the repository; those of the way to it are told apart. */
async function told<T>(fetcher: RepositoryFetcher, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (fetcher.trouble !== null)
      throw new UpdateFailure('unreachable', `the repository of agents: ${fetcher.trouble.message}`, { cause });
    throw new UpdateFailure('refused', `the repository of agents is refused: ${(cause as Error).message}`, { cause });
  }
}
