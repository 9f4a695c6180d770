import { createHash } from 'node:crypto';
import {
  ContentFault,
  type ExpectedFile,
  type FileCheck,
  type FreezeContext,
  type Packing,
  type PreviousRevision,
  type StoredFile,
  type TrustAnchor,
} from '../model/index.ts';
import { unpackInTest } from './unpack-in-test.ts';

export interface MemoryContextSettings {
  /** The upstream: paths in the repository and their bytes. May change between two freezes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly anchors?: readonly TrustAnchor[];
  readonly previous?: PreviousRevision | null;
  readonly now?: Date;
  readonly signal?: AbortSignal;
  /** What is stored already, by SHA-256; give the same map to a second context to go on with the same store. */
  readonly store?: Map<string, Uint8Array>;
  /** Size of the pieces in which `read` gives plain files: small ones find parsers that mind where pieces end. */
  readonly pieceBytes?: number;
}

export interface MemoryContext extends FreezeContext {
  /** Paths for which upstream was asked, in order, found or not. */
  readonly asked: readonly string[];
  /** By SHA-256. */
  readonly stored: ReadonlyMap<string, Uint8Array>;
  readonly messages: readonly string[];
  /** What `addMirrors` was told; the files in memory have no hosts, so nothing else comes of it. */
  readonly mirrors: readonly URL[];
}

/**
 * A FreezeContext over files in memory: no network and no disk, but the real rules. Digests and sizes are checked, what does not
 * match is not stored, and unpacking is limited.
 */
export function createMemoryContext(settings: MemoryContextSettings): MemoryContext {
  const stored = settings.store ?? new Map<string, Uint8Array>();
  const asked: string[] = [];
  const messages: string[] = [];
  const mirrors: URL[] = [];
  const ask = (path: string): Uint8Array | null => {
    asked.push(path);
    return settings.files.get(path) ?? null;
  };
  const store = (path: string, bytes: Uint8Array): StoredFile => {
    const sha256 = digest('sha256', bytes);
    stored.set(sha256, bytes);
    return { path, sha256, sizeBytes: bytes.length };
  };
  return {
    now: settings.now ?? new Date(),
    anchors: settings.anchors ?? [],
    previous: settings.previous ?? null,
    signal: settings.signal ?? new AbortController().signal,
    asked,
    stored,
    messages,
    mirrors,
    async fetchUnverified(path, { limitBytes }) {
      const bytes = ask(path);
      if (bytes !== null && bytes.length > limitBytes)
        throw new ContentFault('too-large', `${path} is larger than ${limitBytes} bytes`, { path });
      return bytes;
    },
    async fetch(file, from = []) {
      const known = file.check.kind === 'sha256' ? stored.get(file.check.sha256) : undefined;
      if (known !== undefined) return store(file.path, known);
      return store(file.path, fetchChecked(file, from, ask));
    },
    async fetchOfUnknownSize({ path, sha256, address }, { limitBytes }) {
      const bytes = stored.get(sha256) ?? ask(address);
      if (bytes === null) throw new ContentFault('missing', `upstream has no ${address}`, { path });
      if (bytes.length > limitBytes)
        throw new ContentFault('too-large', `${address} is larger than ${limitBytes} bytes`, { path });
      if (digest('sha256', bytes) !== sha256)
        throw new ContentFault('wrong-digest', `${address} is another file`, { path });
      return store(path, bytes);
    },
    addMirrors(urls) {
      mirrors.push(...urls);
    },
    async keep(path, bytes) {
      return store(path, bytes);
    },
    read(file: StoredFile, packing: Packing, { limitBytes }) {
      const bytes = stored.get(file.sha256);
      if (bytes === undefined) throw new Error(`${file.path} was read before it was stored`);
      return unpackInTest(bytes, packing, { limitBytes, path: file.path, pieceBytes: settings.pieceBytes ?? 65_536 });
    },
    progress(message) {
      messages.push(message);
    },
  };
}

function fetchChecked(
  file: ExpectedFile,
  from: readonly string[],
  ask: (path: string) => Uint8Array | null,
): Uint8Array {
  let fault = new ContentFault('missing', `upstream has no ${file.path}`, { path: file.path });
  for (const path of [...from, file.path]) {
    const bytes = ask(path);
    if (bytes === null) continue;
    const wrong = whatIsWrong(bytes, file.check);
    if (wrong === null) return bytes;
    if (fault.code === 'missing') fault = new ContentFault(wrong, `${path}: ${wrong}`, { path: file.path });
  }
  throw fault;
}

function whatIsWrong(bytes: Uint8Array, check: FileCheck): 'truncated' | 'too-large' | 'wrong-digest' | null {
  if (bytes.length < check.sizeBytes) return 'truncated';
  if (bytes.length > check.sizeBytes) return 'too-large';
  if (check.kind === 'apk') throw new Error('packages are emitted while a repository is frozen, not fetched');
  const holds =
    check.kind === 'sha256' ? digest('sha256', bytes) === check.sha256 : digest('sha512', bytes) === check.sha512;
  return holds ? null : 'wrong-digest';
}

function digest(algorithm: 'sha256' | 'sha512', bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
