import { FeedError, type FeedDocument, type FeedEntry, type FeedRequest } from '../feed/index.ts';

/** Larger than a hostile variation of a small fixture, small enough to meet in a test. */
const LIMIT_BYTES = 50_000_000;
const CHUNK_BYTES = 16_384;

/** A fetched document made of these unpacked bytes; reading beyond the request's limit throws as a real one does. */
export function documentOf(bytes: Uint8Array | string, request: Partial<FeedRequest> = {}): FeedDocument {
  const content = Buffer.from(bytes);
  const full = requestOf(request);
  return {
    request: full,
    chunks: () => chunksOf(content, full.limitBytes),
    bytes: () => (content.length > full.limitBytes ? Promise.reject(tooLarge(full)) : Promise.resolve(content)),
    // An archive's reader would not get far either.
    entries: () => failing(new FeedError('malformed', `${full.path} is no archive`)),
  };
}

/** A fetched archive made of these files. */
export function archiveOf(
  files: readonly { readonly name: string; readonly bytes: Uint8Array | string }[],
  request: Partial<FeedRequest> = {},
): FeedDocument {
  const full = requestOf({ packing: 'zip', ...request });
  const notPlain = new FeedError('malformed', `${full.path} is an archive`);
  return {
    request: full,
    chunks: () => failing(notPlain),
    bytes: () => Promise.reject(notPlain),
    entries: async function* (): AsyncGenerator<FeedEntry> {
      let left = full.limitBytes;
      for (const { name, bytes } of files) {
        const content = Buffer.from(bytes);
        left -= content.length;
        if (left < 0) throw tooLarge(full);
        yield { name, sizeBytes: content.length, bytes: () => Promise.resolve(content) };
      }
    },
  };
}

function requestOf(request: Partial<FeedRequest>): FeedRequest {
  return { path: 'document', role: 'document', packing: 'plain', limitBytes: LIMIT_BYTES, ...request };
}

function tooLarge(request: FeedRequest): FeedError {
  return new FeedError('too-large', `${request.path} is larger than ${request.limitBytes} bytes`);
}

async function* chunksOf(content: Buffer, limitBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += CHUNK_BYTES) {
    if (at + CHUNK_BYTES > limitBytes && content.length > limitBytes)
      throw new FeedError('too-large', `the document is larger than ${limitBytes} bytes`);
    yield new Uint8Array(content.subarray(at, at + CHUNK_BYTES));
  }
}

function failing(error: Error): AsyncIterable<never> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}
