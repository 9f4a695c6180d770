import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { extract } from 'tar-stream';
import type { FeedRecord } from '../store.ts';
import { checkAdvisory, checkFact, type Checked } from '../sync/index.ts';
import { BundleError, damaged } from './bundle-error.ts';
import { type BundledFeed, MANIFEST_LIMIT_BYTES, MANIFEST_NAME, signedManifests } from './manifest.ts';

/** A bundle's files in their order: each is read before the next is asked for. */
export interface BundleFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** More files than a manifest may name. */
const FILES_LIMIT = 1_001;

/** The largest record (a kernel's VEX document) has tens of megabytes. */
const LINE_LIMIT_BYTES = 512 * 1024 * 1024;

/** @throws BundleError `bundle-damaged`, `not-a-bundle`, `bundle-too-large` */
export async function* bundleFiles(path: string): AsyncGenerator<BundleFile> {
  const archive = extract();
  let failure: unknown;
  let count = 0;
  pipeline(createReadStream(path), archive, (error) => {
    failure ??= error;
  });
  try {
    for await (const stream of archive) {
      count += 1;
      if (count > FILES_LIMIT)
        throw new BundleError('bundle-too-large', 'it has too many files', 'No bundle has that.');
      const { name, size = 0 } = stream.header;
      yield { name, sizeBytes: size, chunks: bytesOf(stream) };
      stream.resume();
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    const cause = failure ?? error;
    if (cause instanceof Error && 'syscall' in cause) throw cause;
    throw count === 0 ? notABundle(cause) : damaged('it is cut off or damaged', cause);
  } finally {
    archive.destroy();
  }
  if (count === 0) throw notABundle();
}

async function* bytesOf(stream: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw damaged('it is cut off', error);
  }
}

/** The signed manifest, not verified yet. @throws BundleError `not-a-bundle` */
export async function signedManifestOf({ name, sizeBytes, chunks }: BundleFile) {
  if (name !== MANIFEST_NAME || sizeBytes > MANIFEST_LIMIT_BYTES) throw notABundle();
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  let signed: unknown;
  try {
    signed = JSON.parse(Buffer.concat(parts).toString());
  } catch (error) {
    throw notABundle(error);
  }
  if (!signedManifests.Check(signed)) throw notABundle();
  return signed;
}

function notABundle(cause?: unknown): BundleError {
  return new BundleError(
    'not-a-bundle',
    'it is no bundle of advisories',
    'Name the file that was written by: thimble feeds export',
    { cause },
  );
}

/** @throws BundleError `bundle-damaged` when a file is not the one that was signed */
export async function assertSigned({ chunks, sizeBytes }: BundleFile, feed: BundledFeed): Promise<void> {
  const hash = createHash('sha256');
  if (sizeBytes === feed.packedBytes) for await (const chunk of chunks) hash.update(chunk);
  if (sizeBytes !== feed.packedBytes || hash.digest('hex') !== feed.sha256)
    throw damaged(`its part for ${feed.feed} is not the one that was signed`);
}

/**
 * The records of one feed. All counts are those that were signed, or the last step throws.
 *
 * @throws BundleError `bundle-damaged`, `bundle-too-large`
 */
export async function* bundledRecords({ chunks }: BundleFile, feed: BundledFeed): AsyncGenerator<FeedRecord> {
  const hash = createHash('sha256');
  const counts = { advisory: 0, fact: 0 };
  for await (const line of lines(unpacked(chunks, hash, feed), feed)) {
    const record = recordOf(line, feed.feed);
    counts[record.kind] += 1;
    if (counts.advisory > feed.advisories || counts.fact > feed.facts) break;
    yield record;
  }
  if (counts.advisory !== feed.advisories || counts.fact !== feed.facts || hash.digest('hex') !== feed.sha256)
    throw damaged(`its part for ${feed.feed} does not hold what the manifest says`);
}

async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
  feed: BundledFeed,
): AsyncGenerator<Uint8Array> {
  const decoder = createZstdDecompress();
  pipeline(
    async function* () {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    decoder,
    () => undefined,
  );
  let bytes = 0;
  try {
    for await (const chunk of decoder) {
      bytes += chunk.length;
      if (bytes > feed.bytes) break;
      yield chunk;
    }
  } catch (error) {
    throw damaged(`its part for ${feed.feed} can't be unpacked`, error);
  }
  if (bytes !== feed.bytes) throw damaged(`its part for ${feed.feed} does not have the length that was signed`);
}

async function* lines(chunks: AsyncIterable<Uint8Array>, { feed }: BundledFeed): AsyncGenerator<string> {
  let parts: Uint8Array[] = [];
  let pending = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      parts.push(chunk.subarray(start, end));
      yield Buffer.concat(parts).toString();
      parts = [];
      pending = 0;
      start = end + 1;
    }
    pending += chunk.length - start;
    if (pending > LINE_LIMIT_BYTES)
      throw new BundleError('bundle-too-large', `a record of ${feed} has no end`, 'No bundle has that.');
    parts.push(chunk.subarray(start));
  }
  if (pending > 0) throw damaged(`its part for ${feed} ends within a record`);
}

function recordOf(line: string, feed: string): FeedRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw damaged(`a record of ${feed} is no JSON`, error);
  }
  const advisory: unknown = property(value, 'advisory');
  if (advisory !== undefined) return { kind: 'advisory', advisory: good(checkAdvisory(advisory, feed), feed) };
  return { kind: 'fact', fact: good(checkFact(property(value, 'fact'), feed), feed) };
}

function good<Shape>(checked: Checked<Shape>, feed: string): Shape {
  if (checked.fault === null) return checked.record;
  throw damaged(`a record of ${feed} does not keep to the model: ${checked.fault}`);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}
