import type { Feed, FeedContext, FeedRequest } from '../index.ts';
import type { Advisory, Fact } from '../../model/index.ts';
import { archiveOf, documentOf } from '../../testing/documents.ts';

export interface Reading {
  readonly advisories: readonly Advisory[];
  readonly facts: readonly Fact[];
  readonly faults: readonly { readonly record: string; readonly reason: string }[];
  readonly requests: readonly FeedRequest[];
  readonly removed: readonly string[];
  readonly watermarks: readonly string[];
}

/** What a test gives a feed to read: the unpacked bytes of a document, or the files of an archive. */
export interface Offered {
  readonly role: string;
  readonly path?: string;
  readonly content?: string | Uint8Array;
  readonly entries?: ReadonlyMap<string, string | Uint8Array>;
  readonly note?: string;
  /** Bytes per chunk, to see that no reader depends on where a transfer is cut. */
  readonly chunkBytes?: number;
}

export const READING_CONTEXT: FeedContext = {
  watermark: null,
  now: new Date('2026-11-22T12:00:00.000Z'),
  namespaces: null,
};

/** Everything that a feed reads out of one document. */
export async function readOffered(feed: Feed, offered: Offered, context = READING_CONTEXT): Promise<Reading> {
  const { role, path = role, note, content = '', chunkBytes } = offered;
  const request = { role, path, ...(note === undefined ? {} : { note }) };
  const files = [...(offered.entries ?? [])].map(([name, bytes]) => ({ name, bytes }));
  const whole =
    offered.entries === undefined ? documentOf(content, request) : archiveOf(files, { ...request, packing: 'tar.gz' });
  const document = chunkBytes === undefined ? whole : { ...whole, chunks: () => cut(Buffer.from(content), chunkBytes) };
  const reading = {
    advisories: [] as Advisory[],
    facts: [] as Fact[],
    faults: [] as { record: string; reason: string }[],
    requests: [] as FeedRequest[],
    removed: [] as string[],
    watermarks: [] as string[],
  };
  for await (const item of feed.read(document, context)) {
    switch (item.kind) {
      case 'advisory':
        reading.advisories.push(item.advisory);
        break;
      case 'fact':
        reading.facts.push(item.fact);
        break;
      case 'fault':
        reading.faults.push({ record: item.record, reason: item.reason });
        break;
      case 'request':
        reading.requests.push(item.request);
        break;
      case 'removed':
        reading.removed.push(item.id);
        break;
      case 'watermark':
        reading.watermarks.push(item.value);
        break;
    }
  }
  return reading;
}

async function* cut(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}
