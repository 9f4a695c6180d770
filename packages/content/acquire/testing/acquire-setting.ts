import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Acquirer, AcquirerSettings, ContentStore, FileCheck } from '../../model/index.ts';
import { openFolderStore } from '../../store/index.ts';
import { type HostileUpstream, startHostileUpstream, type UpstreamBehaviour } from '../../testing/hostile-upstream.ts';
import { type AcquirerParts, createAcquirer } from '../acquirer.ts';

/** A store in a new folder, an upstream on loopback, and acquirers between them. */
export interface AcquireSetting {
  readonly upstream: HostileUpstream;
  readonly store: ContentStore;
  readonly directory: string;
  readonly acquirer: (
    settings?: Partial<AcquirerSettings>,
    parts?: AcquirerParts,
    store?: ContentStore,
  ) => Promise<Acquirer>;
  /** SHA-256 of all that the store has. */
  readonly stored: () => Promise<readonly string[]>;
  /** Names in the work folder. */
  readonly work: () => readonly string[];
  readonly close: () => Promise<void>;
}

/** Short enough for hostile upstreams; waits take no time, and are kept. */
export const QUICK = {
  answerMs: 300,
  idleMs: 200,
  graceMs: 300,
  slowestBytesPerSecond: 4096,
} as const;

export async function acquireSetting(paths: Readonly<Record<string, UpstreamBehaviour>> = {}): Promise<AcquireSetting> {
  // In memory where there is such a place: waiting for disks is the store's business, and tested there.
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'thimble-acquire-'));
  const upstream = await startHostileUpstream(paths);
  const store = await openFolderStore(directory);
  const acquirers: Acquirer[] = [];
  return {
    upstream,
    store,
    directory,
    acquirer: async (settings = {}, { limits, ...parts } = {}, otherStore = store) => {
      const acquirer = await createAcquirer(
        {
          userAgent: 'Thimble/test',
          proxy: null,
          bandwidthBytesPerSecond: null,
          perHost: 4,
          reserveBytes: 0,
          isConfigured: ({ hostname, protocol }) => hostname === '127.0.0.1' && protocol === 'http:',
          now: () => new Date(),
          ...settings,
        },
        otherStore,
        { limits: { ...QUICK, firstWaitMs: 1, ...limits }, random: () => 0, ...parts },
      );
      acquirers.push(acquirer);
      return acquirer;
    },
    stored: async () => {
      const found: string[] = [];
      for await (const { sha256 } of store.list()) found.push(sha256);
      return found.sort();
    },
    work: () => readdirSync(store.workDirectory),
    close: async () => {
      await Promise.all(acquirers.map((acquirer) => acquirer.close()));
      await upstream.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function digest(algorithm: 'sha1' | 'sha256' | 'sha512', bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

export function sha256Check(bytes: Uint8Array): FileCheck {
  return { kind: 'sha256', sha256: digest('sha256', bytes), sizeBytes: bytes.length };
}

export async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** What a stream gave before it failed, and the failure. */
export async function collectUntilFault(
  stream: Readable,
): Promise<{ readonly bytes: Buffer; readonly fault: unknown }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stream) chunks.push(Buffer.from(chunk));
    return { bytes: Buffer.concat(chunks), fault: null };
  } catch (fault) {
    return { bytes: Buffer.concat(chunks), fault };
  }
}
