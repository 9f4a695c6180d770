import { createHash } from 'node:crypto';
import { copyFile, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ReleaseKey } from './keys.ts';
import {
  expiry,
  seal,
  type Meta,
  type Naming,
  type Root,
  type Sealed,
  type Signed,
  type Target,
  type Targets,
} from './metadata.ts';

/** Which keys a role has, and for root how many of them have to sign. */
export interface RootKeys {
  readonly root: readonly ReleaseKey[];
  readonly threshold: number;
  readonly targets: ReleaseKey;
  readonly snapshot: ReleaseKey;
  readonly timestamp: ReleaseKey;
}

/** The keys that a release needs; they are online where releases are made, root's are not. */
export type OnlineKeys = Pick<RootKeys, 'targets' | 'snapshot' | 'timestamp'>;

/** A root lives long as its keys are offline; a timestamp says that nobody keeps news back, so it is short. */
const DAYS = { root: 365, targets: 180, snapshot: 30, timestamp: 7 };
const PROGRAM = /^thimble-agent-(?<version>\d+\.\d+\.\d+[\w.-]*)-(?<platform>linux-[a-z0-9]+)$/;
const STAGED = 'staged.root.json';

/**
 * Writes the next root: the first one, or one with other keys. It lies staged until as many keys as needed have signed
 * it: its own, and those of the root before it.
 *
 * @returns what is still missing; null: it is published.
 */
export async function stageRoot(folder: string, keys: RootKeys, now: Date): Promise<string | null> {
  await mkdir(join(folder, 'targets'), { recursive: true });
  const before = await newestRoot(folder);
  const all = [...keys.root, keys.targets, keys.snapshot, keys.timestamp];
  const one = (key: ReleaseKey) => ({ keyids: [key.keyid], threshold: 1 });
  const root: Root = {
    _type: 'root',
    spec_version: '1.0.31',
    version: (before?.signed.version ?? 0) + 1,
    expires: expiry(DAYS.root, now),
    consistent_snapshot: true,
    keys: Object.fromEntries(all.map(({ keyid, publicKey }) => [keyid, publicKey])),
    roles: {
      root: { keyids: keys.root.map(({ keyid }) => keyid), threshold: keys.threshold },
      targets: one(keys.targets),
      snapshot: one(keys.snapshot),
      timestamp: one(keys.timestamp),
    },
  };
  await write(join(folder, STAGED), seal(root, keys.root));
  return publishRoot(folder);
}

/** Signs the staged root with more keys, for instance those of the root before it. @returns as `stageRoot` */
export async function signRoot(folder: string, keys: readonly ReleaseKey[]): Promise<string | null> {
  const { signed, signatures } = await read<Root>(join(folder, STAGED));
  await write(join(folder, STAGED), seal(signed, keys, signatures));
  return publishRoot(folder);
}

/** Publishes programs in place of those of the same platform; others stay offered. */
export async function addPrograms(
  folder: string,
  files: readonly string[],
  keys: OnlineKeys,
  now: Date,
): Promise<void> {
  const targets: Record<string, Target> = { ...(await newest<Targets>(folder, 'targets'))?.signed.targets };
  for (const file of files) {
    const { version, platform } = PROGRAM.exec(basename(file))?.groups ?? {};
    if (version === undefined || platform === undefined)
      throw new Error(`${file} is not named thimble-agent-VERSION-PLATFORM`);
    const data = await readFile(file);
    const sha256 = digest(data);
    const name = `thimble-agent-${platform}`;
    targets[name] = { length: data.byteLength, hashes: { sha256 }, custom: { version, platform } };
    await copyFile(file, join(folder, 'targets', `${sha256}.${name}`));
  }
  const head = await nextHead(folder, 'targets', now);
  await write(
    join(folder, `${head.version}.targets.json`),
    seal({ _type: 'targets', ...head, targets }, [keys.targets]),
  );
  await publishSnapshot(folder, keys, now);
}

/** A new snapshot of the newest targets, and a timestamp of it. */
export async function publishSnapshot(folder: string, keys: Omit<OnlineKeys, 'targets'>, now: Date): Promise<void> {
  const head = await nextHead(folder, 'snapshot', now);
  const meta = { 'targets.json': await metaOf(folder, 'targets') };
  await write(
    join(folder, `${head.version}.snapshot.json`),
    seal({ _type: 'snapshot', ...head, meta }, [keys.snapshot]),
  );
  await publishTimestamp(folder, keys, now);
}

/** Says anew that the newest snapshot is the newest: to be run more often than timestamps expire. */
export async function publishTimestamp(
  folder: string,
  { timestamp }: Pick<OnlineKeys, 'timestamp'>,
  now: Date,
): Promise<void> {
  const file = join(folder, 'timestamp.json');
  const before = await read<Naming<'timestamp'>>(file).catch(absent);
  const version = (before?.signed.version ?? 0) + 1;
  const meta = { 'snapshot.json': await metaOf(folder, 'snapshot') };
  const head = { spec_version: '1.0.31', version, expires: expiry(DAYS.timestamp, now) } as const;
  await write(file, seal({ _type: 'timestamp', ...head, meta }, [timestamp]));
}

async function publishRoot(folder: string): Promise<string | null> {
  const { signed, signatures } = await read<Root>(join(folder, STAGED));
  const before = await newestRoot(folder);
  for (const { version, roles } of before === null ? [signed] : [before.signed, signed]) {
    const { keyids, threshold } = roles.root;
    const have = signatures.filter(({ keyid }) => keyids.includes(keyid)).length;
    if (have < threshold)
      return `root ${signed.version} has ${have} of ${threshold} signatures by the keys of root ${version}`;
  }
  await rename(join(folder, STAGED), join(folder, `${signed.version}.root.json`));
  return null;
}

function newestRoot(folder: string): Promise<Sealed<Root> | null> {
  return newest<Root>(folder, 'root');
}

async function newest<Content extends Signed>(folder: string, role: string): Promise<Sealed<Content> | null> {
  const version = await newestVersion(folder, role);
  return version === 0 ? null : read<Content>(join(folder, `${version}.${role}.json`));
}

async function newestVersion(folder: string, role: string): Promise<number> {
  const versions = (await readdir(folder)).map((name) => /^(\d+)\.(\w+)\.json$/.exec(name));
  return Math.max(0, ...versions.filter((found) => found?.[2] === role).map((found) => Number(found?.[1])));
}

async function nextHead(folder: string, role: 'targets' | 'snapshot', now: Date) {
  const version = (await newestVersion(folder, role)) + 1;
  return { spec_version: '1.0.31', version, expires: expiry(DAYS[role], now) } as const;
}

async function metaOf(folder: string, role: 'targets' | 'snapshot'): Promise<Meta> {
  const version = await newestVersion(folder, role);
  if (version === 0) throw new Error(`the repository has no ${role} yet`);
  const data = await readFile(join(folder, `${version}.${role}.json`));
  return { version, length: data.byteLength, hashes: { sha256: digest(data) } };
}

async function read<Content extends Signed>(file: string): Promise<Sealed<Content>> {
  return JSON.parse(await readFile(file, 'utf8')) as Sealed<Content>;
}

/** Whole or not at all: clients may be reading. */
async function write(file: string, sealed: Sealed): Promise<void> {
  const handle = await open(`${file}.new`, 'w', 0o644);
  try {
    await handle.writeFile(`${JSON.stringify(sealed, null, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
}

function digest(data: Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
