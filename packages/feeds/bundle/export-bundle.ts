import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { type SigningKey, signEnvelope } from '@thimble/protocol/signing';
import { pack, type Pack } from 'tar-stream';
import type { AdvisoryRecords, FeedState } from '../store.ts';
import { BUNDLE_PAYLOAD_TYPE, type BundledFeed, type BundleManifest, MANIFEST_NAME } from './manifest.ts';

export interface ExportOptions {
  readonly records: AdvisoryRecords;
  /** Feed ids; null: all that were ever synchronised. */
  readonly feeds: readonly string[] | null;
  readonly key: SigningKey;
  readonly now: Date;
  /** `Thimble/0.1.0` */
  readonly producer: string;
  /** For one packed file a feed, until the bundle is written. */
  readonly temporaryDirectory: string;
  readonly signal: AbortSignal;
  readonly onFeed?: (feed: BundledFeed) => void;
}

/**
 * Everything that is valid now as one signed file: a tar of the signed manifest and, for each feed, its records.
 *
 * @param write gets the bundle's bytes in their order
 * @returns what was signed
 * @throws the signal's reason; what reading or writing throws
 */
export async function exportBundle(
  options: ExportOptions,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<BundleManifest> {
  const { records, key, now, producer, signal } = options;
  const directory = await mkdtemp(join(options.temporaryDirectory, 'export-'));
  try {
    const feeds: BundledFeed[] = [];
    for (const state of await records.states()) {
      if (state.syncedAt === null || options.feeds?.includes(state.feed) === false) continue;
      const feed = await packFeed(records, state, state.syncedAt, directory, signal);
      options.onFeed?.(feed);
      feeds.push(feed);
    }
    const manifest: BundleManifest = { version: 1, createdAt: now.toISOString(), producer, feeds };
    const archive = pack();
    const filled = fill(archive, manifest, directory, key);
    // A failure of filling ends the archive, and so the loop below.
    filled.catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
    for await (const chunk of archive) {
      signal.throwIfAborted();
      if (chunk instanceof Uint8Array) await write(chunk);
    }
    await filled;
    return manifest;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function packFeed(
  records: AdvisoryRecords,
  { feed, watermark }: FeedState,
  syncedAt: Date,
  directory: string,
  signal: AbortSignal,
): Promise<BundledFeed> {
  const counts = { advisories: 0, facts: 0, bytes: 0, packedBytes: 0 };
  const hash = createHash('sha256');
  const file = `${feed}.ndjson.zst`;
  await pipeline(
    async function* () {
      for await (const record of records.records(feed)) {
        const line = Buffer.from(
          `${JSON.stringify(record.kind === 'advisory' ? { advisory: record.advisory } : { fact: record.fact })}\n`,
        );
        counts[record.kind === 'advisory' ? 'advisories' : 'facts'] += 1;
        counts.bytes += line.length;
        yield line;
      }
    },
    createZstdCompress(),
    async function* (packed: AsyncIterable<Uint8Array>) {
      for await (const chunk of packed) {
        hash.update(chunk);
        counts.packedBytes += chunk.length;
        yield chunk;
      }
    },
    createWriteStream(join(directory, file), { mode: 0o600 }),
    { signal },
  );
  return { feed, file, sha256: hash.digest('hex'), ...counts, syncedAt: syncedAt.toISOString(), watermark };
}

async function fill(archive: Pack, manifest: BundleManifest, directory: string, key: SigningKey): Promise<void> {
  const mtime = new Date(manifest.createdAt);
  const envelope = signEnvelope(BUNDLE_PAYLOAD_TYPE, Buffer.from(JSON.stringify(manifest)), [key]);
  const signed = Buffer.from(JSON.stringify({ envelope, publicKeys: [key.publicKey] }));
  archive.entry({ name: MANIFEST_NAME, size: signed.length, mtime, mode: 0o644 }, signed);
  for (const { file, packedBytes } of manifest.feeds) {
    const entry = archive.entry({ name: file, size: packedBytes, mtime, mode: 0o644 });
    const ended = finished(entry);
    for await (const chunk of createReadStream(join(directory, file)))
      if (!entry.write(chunk)) await once(entry, 'drain');
    entry.end(null);
    await ended;
  }
  archive.finalize();
}
