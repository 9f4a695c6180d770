import type { Lane } from '@thimble/protocol/signing';
import { AgentError } from '../agent-error.ts';
import { readChecked, writeChecked } from './checked-file.ts';
import type { Disk } from './disk.ts';

/**
 * Sequence numbers of signed requests (see the protocol's `http-signature.ts`). They do not depend on the clock. Blocks
 * are reserved durably before use, so a crash skips numbers and never repeats one. Where the file is older than what
 * the server saw (a restored snapshot), the server's `stale-sequence` says how far to go.
 */
export interface Sequences {
  next(lane: Lane): Promise<number>;
  /** The server has seen `last`: go on above it, if that is believable. */
  raise(lane: Lane, last: number): Promise<void>;
}

/** One durable write for so many requests. */
const BLOCK = 256;
/** More than thirteen years of a request in six seconds: no backup is as old, and whoever stands in for the server uses the numbers not up. */
const MAX_STEP = 2 ** 26;
const NAME = 'sequences';

type Reserved = Record<Lane, number>;

export async function openSequences(disk: Disk): Promise<Sequences> {
  const reserved = await readReserved(disk);
  const used: Reserved = { ...reserved };
  // Lanes reserve beside each other, into one file: one write at a time.
  let writing: Promise<void> = Promise.resolve();

  function reserve(lane: Lane): Promise<void> {
    writing = writing
      .catch(() => undefined)
      .then(async () => {
        const wanted = { ...reserved, [lane]: used[lane] + BLOCK };
        // With a full disk the endpoint must still be able to say so; the server refuses what it saw already.
        await writeChecked(disk, NAME, 'sequences', wanted).catch((error: unknown) => {
          if (!(error instanceof AgentError && error.code === 'disk-full')) throw error;
        });
        reserved[lane] = wanted[lane];
      });
    return writing;
  }

  return {
    async next(lane) {
      if (used[lane] >= reserved[lane]) await reserve(lane);
      used[lane] += 1;
      return used[lane];
    },
    async raise(lane, last) {
      if (!Number.isSafeInteger(last) || last > used[lane] + MAX_STEP || last < used[lane]) return;
      used[lane] = last;
      reserved[lane] = last;
    },
  };
}

/** A damaged file is not fatal here: numbers that were used are refused by the server, which then says the newest. */
async function readReserved(disk: Disk): Promise<Reserved> {
  const none: Reserved = { main: 0, held: 0 };
  try {
    const read = (await readChecked(disk, NAME, 'sequences')) as Reserved | null;
    return read === null ? none : { main: read.main, held: read.held };
  } catch (error) {
    if (error instanceof AgentError && error.code === 'state-damaged') return none;
    throw error;
  }
}
