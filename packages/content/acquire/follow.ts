import { Readable } from 'node:stream';
import { ContentFault } from '../model/index.ts';
import { HELD_BACK_BYTES } from './limits.ts';
import type { RunningDigest } from './running-digest.ts';
import type { SharedBlocks } from './shared-blocks.ts';

/** A file on its way, as those see it who follow it. */
export interface Followed {
  readonly name: string;
  readonly sizeBytes: number;
  readonly state: () => FollowedState;
  /** Resolves at the next change of the state. */
  readonly changed: () => Promise<void>;
}

export type FollowedState =
  /** Not begun: in a queue, or another server fetches it. */
  | { readonly kind: 'waiting' }
  | Arriving
  | {
      readonly kind: 'stored';
      /** null: it was here before, or another server fetched it. */
      readonly arrived: Pick<Arriving, 'blocks' | 'digest'> | null;
      readonly read: (first: number, last: number) => Promise<Readable>;
    }
  | { readonly kind: 'failed'; readonly fault: Error };

export interface Arriving {
  readonly kind: 'arriving';
  readonly receivedBytes: number;
  readonly blocks: SharedBlocks;
  readonly digest: Pick<RunningDigest, 'generation' | 'continues'>;
}

/**
 * The bytes of a file as they arrive. The last ones are given only when it is stored, and a failure ends the stream: nobody gets all of a
 * file that is not what it should be.
 */
export function follow(
  followed: Followed,
  range: { readonly first: number; readonly last: number },
  onEnd: () => void,
): Readable {
  let position = range.first;
  let generation: number | null = null;
  let reading = false;
  let rest: AsyncIterator<unknown> | null = null;

  const fromStore = async (read: (first: number, last: number) => Promise<Readable>): Promise<Buffer> => {
    rest ??= (await read(position, range.last))[Symbol.asyncIterator]();
    const { value, done } = await rest.next();
    if (done === true || !(value instanceof Buffer)) throw new Error(`${followed.name} ends before its end`);
    return value;
  };
  /** null: nothing yet. */
  const nextPiece = async (): Promise<Buffer | null> => {
    const state = followed.state();
    if (state.kind === 'failed') throw state.fault;
    if (state.kind === 'waiting') return null;
    const arrived = state.kind === 'arriving' ? state : state.arrived;
    if (arrived === null) return state.kind === 'stored' ? fromStore(state.read) : null;
    const { digest, blocks } = arrived;
    if (position > range.first && generation !== null && generation !== digest.generation()) {
      const verdict = digest.continues(generation);
      if (verdict === 'unknown') return null;
      if (verdict === 'no') throw changedFault(followed.name);
    }
    generation = digest.generation();
    const released =
      state.kind === 'stored' ? followed.sizeBytes : releasedBytes(state.receivedBytes, followed.sizeBytes);
    if (position >= released) return null;
    const piece = await blocks.read(position, released);
    // Begun anew while it was read: the piece may be of either.
    if (generation !== digest.generation() || piece.length === 0) return null;
    return piece.subarray(0, range.last + 1 - position);
  };

  const stream = new Readable({
    read() {
      if (reading) return;
      reading = true;
      void pump().catch((error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))));
    },
    destroy(error, done) {
      rest?.return?.().catch(() => undefined);
      onEnd();
      done(error);
    },
  });
  const pump = async (): Promise<void> => {
    while (!stream.destroyed) {
      if (position > range.last) {
        reading = false;
        return void stream.push(null);
      }
      const changed = followed.changed();
      const piece = await nextPiece();
      if (stream.destroyed) return;
      if (piece === null) {
        await changed;
        continue;
      }
      position += piece.length;
      reading = false;
      return void stream.push(piece);
    }
  };
  return stream;
}

/** How much may be given of a file that is not checked yet. */
export function releasedBytes(receivedBytes: number, sizeBytes: number): number {
  return Math.max(0, Math.min(receivedBytes, sizeBytes - HELD_BACK_BYTES));
}

function changedFault(name: string): ContentFault {
  return new ContentFault('wrong-digest', `${name} was begun anew with other bytes: ask for it again`);
}
