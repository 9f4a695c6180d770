import { AgentContentReply } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { AgentError } from '../agent-error.ts';
import type { Clock } from '../clock.ts';
import type { Server } from '../connection/server.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import type { Log } from '../log.ts';
import { readChecked, writeChecked } from '../state/checked-file.ts';
import type { Disk } from '../state/disk.ts';

/** This endpoint's pass to content, and where to go with it. */
export interface ContentAccess {
  /** @throws ServerFailure when there is no valid ticket and the server gives none */
  current(): Promise<AgentContentReply>;
  /** A place said that this ticket is not good. @throws ServerFailure */
  instead(refused: AgentContentReply): Promise<AgentContentReply>;
}

interface Kept {
  readonly endpointId: string;
  /** Unix, milliseconds, by the server's clock. */
  readonly receivedAtMs: number;
  readonly reply: AgentContentReply;
}

/** In the agent's state: mode 0600, gone with the enrolment. */
export const CONTENT_ACCESS_FILE = 'documents/content-access';
/** Relays come and go; a ticket lives for days. */
const ASK_AGAIN_MS = 3_600_000;

/** Keeps the ticket on the disk, so that a relay serves this endpoint also while its server is away. */
export function createContentAccess(parts: {
  readonly endpointId: string;
  readonly disk: Disk;
  readonly server: Pick<Server, 'content' | 'clockOffsetMs'>;
  readonly clock: Clock;
  readonly log: Log;
}): ContentAccess {
  const { endpointId, disk, server, clock, log } = parts;
  let kept: Kept | null | undefined;
  let asking: Promise<AgentContentReply> | null = null;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const nowMs = () => clock.now() + server.clockOffsetMs;

  async function read(): Promise<Kept | null> {
    try {
      const found = (await readChecked(disk, CONTENT_ACCESS_FILE, 'content-access')) as Kept | null;
      return found?.endpointId === endpointId && Value.Check(AgentContentReply, found.reply) ? found : null;
    } catch (error) {
      // A damaged ticket only costs a new one.
      if (!(error instanceof AgentError)) throw error;
      return null;
    }
  }

  function ask(): Promise<AgentContentReply> {
    asking ??= (async () => {
      askedAtMs = clock.monotonic();
      const reply = await server.content();
      kept = { endpointId, receivedAtMs: nowMs(), reply };
      await writeChecked(disk, CONTENT_ACCESS_FILE, 'content-access', kept);
      return reply;
    })().finally(() => {
      asking = null;
    });
    return asking;
  }

  return {
    async current() {
      kept ??= await read();
      if (kept === null) return ask();
      const { receivedAtMs, reply } = kept;
      const expiresAtMs = Date.parse(reply.expiresAt);
      if (!(nowMs() < expiresAtMs)) return ask();
      const ageMs = nowMs() - receivedAtMs;
      // Younger than nothing: the clock went back, and the age is not known.
      const isDue = ageMs < 0 || ageMs > ASK_AGAIN_MS || ageMs > (expiresAtMs - receivedAtMs) / 2;
      if (isDue && clock.monotonic() - askedAtMs > RETRY_MS)
        void ask().catch((error: unknown) => {
          // The ticket is good still: nobody waits for this one.
          const why = error instanceof ServerFailure ? error.code : String(error);
          log.warn(`no new ticket for content: ${why}`);
        });
      return reply;
    },
    instead: (refused) => (kept != null && kept.reply.ticket !== refused.ticket ? Promise.resolve(kept.reply) : ask()),
  };
}

const RETRY_MS = 60_000;
