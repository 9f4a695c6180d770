import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { HELD_BACK_BYTES } from '../acquire/index.ts';
import { type Acquisition, ContentFault } from '../model/index.ts';
import type { KnownFile } from './known-addresses.ts';
import type { ServerLink } from './server-link.ts';

/**
 * A file that is handed on without being kept: there is no room for it, or nobody knows its digest yet. A whole one is checked where
 * the digest is known; a part can't be, and its client checks the whole.
 */
export function passThrough(
  link: Pick<ServerLink, 'read'>,
  target: string,
  { sha256, sizeBytes }: Pick<KnownFile, 'sha256' | 'sizeBytes'>,
  onFetched: (bytes: number) => void,
): Acquisition {
  return {
    sizeBytes,
    origin: 'fetching',
    // Nothing is stored, so nobody waits for this.
    done: new Promise(() => undefined),
    stream: (range) => {
      const header = range === undefined ? null : `bytes=${range.first}-${range.last}`;
      const expected = range === undefined ? sha256 : null;
      return Readable.from(counted(checked(link, target, header, expected), onFetched), { objectMode: false });
    },
  };
}

async function* counted(pieces: AsyncIterable<Buffer>, onFetched: (bytes: number) => void): AsyncGenerator<Buffer> {
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      bytes += piece.length;
      yield piece;
    }
  } finally {
    onFetched(bytes);
  }
}

async function* checked(
  link: Pick<ServerLink, 'read'>,
  target: string,
  range: string | null,
  sha256: string | null,
): AsyncGenerator<Buffer> {
  const response = await link.read(target, range);
  const hash = createHash('sha256');
  let held = Buffer.alloc(0);
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      if (sha256 === null) {
        yield piece;
        continue;
      }
      hash.update(piece);
      const all = held.length === 0 ? piece : Buffer.concat([held, piece]);
      const out = Math.max(0, all.length - HELD_BACK_BYTES);
      if (out > 0) yield all.subarray(0, out);
      held = Buffer.from(all.subarray(out));
    }
  } catch (cause) {
    throw new ContentFault('unreachable', `the server broke off ${target}`, { cause });
  } finally {
    response.destroy();
  }
  if (sha256 === null) return;
  if (hash.digest('hex') !== sha256)
    throw new ContentFault('wrong-digest', `${target} has other bytes than the server said`);
  if (held.length > 0) yield held;
}
