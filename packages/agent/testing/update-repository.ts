import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { canonicalJson } from '@thimble/protocol';

export type RoleName = 'root' | 'timestamp' | 'snapshot' | 'targets';

export interface Signer {
  readonly keyid: string;
  readonly publicHex: string;
  readonly privateKey: KeyObject;
}

/** What a file of metadata says of another one. */
interface Meta {
  version: number;
  length?: number;
  hashes?: Record<string, string>;
}

interface Target {
  length: number;
  hashes: Record<string, string>;
  custom?: Record<string, unknown>;
}

interface Head {
  readonly spec_version: string;
  version: number;
  expires: string;
}

const DAY_MS = 86_400_000;
/** That of the tests: an agent looks for its own. */
export const PLATFORM = `${process.platform}-${process.arch}`;
export const TARGET = `thimble-agent-${PLATFORM}`;

/**
 * A repository that does whatever a test wants, also what no honest one would: a hostile one is made by changing its
 * parts and publishing only some of them. The metadata is put together here and not by the library that reads it; names
 * and steps follow the simulator of theupdateframework/tuf-conformance.
 */
export class UpdateRepository {
  readonly signers: Record<RoleName, Signer[]> = { root: [], timestamp: [], snapshot: [], targets: [] };
  readonly root = {
    _type: 'root',
    ...head(),
    consistent_snapshot: true,
    keys: {} as Record<string, unknown>,
    roles: { root: role(), timestamp: role(), snapshot: role(), targets: role() },
  };
  readonly timestamp = { _type: 'timestamp', ...head(), meta: {} as Record<string, Meta> };
  readonly snapshot = { _type: 'snapshot', ...head(), meta: {} as Record<string, Meta> };
  readonly targets = { _type: 'targets', ...head(), targets: {} as Record<string, Target> };
  /** What is served, by the path below `/updates/`. */
  readonly files = new Map<string, Buffer>();
  /** Whether snapshot and timestamp say how long what they name is, and its digest. */
  tellsDigests = false;

  constructor(rootKeys = 1, rootThreshold = 1) {
    for (const name of ['timestamp', 'snapshot', 'targets'] as const) this.addKey(name);
    for (let n = 0; n < rootKeys; n += 1) this.addKey('root');
    this.root.roles.root.threshold = rootThreshold;
    this.publishRoot();
    this.publish();
  }

  /** The root that endpoints start with. */
  get pinnedRoot(): Buffer {
    return this.files.get('1.root.json') ?? Buffer.alloc(0);
  }

  addKey(name: RoleName, signer = makeSigner()): Signer {
    this.signers[name].push(signer);
    this.root.keys[signer.keyid] = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: signer.publicHex } };
    this.root.roles[name].keyids.push(signer.keyid);
    return signer;
  }

  /** Other keys for a role; from the next root on. */
  replaceKeys(name: RoleName, count = 1): void {
    this.signers[name].length = 0;
    this.root.roles[name].keyids.length = 0;
    for (let n = 0; n < count; n += 1) this.addKey(name);
  }

  /** @param signers left out: those that root names now. */
  publishRoot(signers: readonly Signer[] = this.signers.root): void {
    this.root.version += 1;
    this.files.set(`${this.root.version}.root.json`, seal(this.root, signers));
  }

  publishTimestamp(): void {
    this.timestamp.version += 1;
    this.files.set('timestamp.json', seal(this.timestamp, this.signers.timestamp));
  }

  publishSnapshot(): void {
    this.snapshot.version += 1;
    const bytes = seal(this.snapshot, this.signers.snapshot);
    this.files.set(`${this.snapshot.version}.snapshot.json`, bytes);
    this.timestamp.meta['snapshot.json'] = this.#metaOf(this.snapshot.version, bytes);
  }

  publishTargets(): void {
    this.targets.version += 1;
    const bytes = seal(this.targets, this.signers.targets);
    this.files.set(`${this.targets.version}.targets.json`, bytes);
    this.snapshot.meta['targets.json'] = this.#metaOf(this.targets.version, bytes);
  }

  /** Everything below root, each in a new version. */
  publish(): void {
    this.publishTargets();
    this.publishSnapshot();
    this.publishTimestamp();
  }

  /** A program under the fixed name of its platform; in the next version of targets. */
  offer(version: string, program: Buffer, custom: Record<string, unknown> = { version, platform: PLATFORM }): void {
    const digest = sha256(program);
    this.targets.targets[TARGET] = { length: program.byteLength, hashes: { sha256: digest }, custom };
    this.files.set(`targets/${digest}.${TARGET}`, program);
  }

  #metaOf(version: number, bytes: Buffer): Meta {
    return { version, ...(this.tellsDigests ? { length: bytes.byteLength, hashes: { sha256: sha256(bytes) } } : {}) };
  }
}

export function makeSigner(): Signer {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const publicHex = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  return { keyid: sha256(publicHex), publicHex, privateKey };
}

/** Seconds are all that the format has. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * DAY_MS).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The form that is signed is OLPC's canonical JSON; for ASCII without control characters ours is the same. */
export function seal(signed: unknown, signers: readonly Signer[]): Buffer {
  const data = Buffer.from(canonicalJson(signed));
  const signatures = signers.map(({ keyid, privateKey }) => ({
    keyid,
    sig: sign(null, data, privateKey).toString('hex'),
  }));
  return Buffer.from(JSON.stringify({ signatures, signed }));
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function role(): { keyids: string[]; threshold: number } {
  return { keyids: [], threshold: 1 };
}

function head(): Head {
  return { spec_version: '1.0.31', version: 0, expires: inDays(30) };
}
