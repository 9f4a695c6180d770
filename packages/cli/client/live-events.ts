import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { API, LiveEvent } from '@thimble/protocol';
import { Value } from 'typebox/value';
import { problemOf } from './call.ts';
import { ConnectionError, ProblemError } from './client-error.ts';
import { readBody, type Transport } from './transport.ts';

/** The server sends a comment every 15 s or so: three missed ones mean that nobody is there any more. */
const SILENCE_MS = 60_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** One event is a small hint; a longer line is not one of ours. */
const LINE_LIMIT = 1024 * 1024;

/**
 * The server's live events, connected again for as long as the caller listens; a `resync` stands for whatever was missed
 * in between. The first one comes once the stream is open, so a caller that reads the state on each `resync` misses nothing.
 *
 * @throws ProblemError when the server refuses (a bad token); ends when `signal` fires.
 */
export async function* liveEvents(transport: Transport, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  let pauseMs = FIRST_PAUSE_MS;
  while (!signal.aborted) {
    try {
      const reply = await transport({
        method: 'GET',
        path: `${API}/events`,
        accept: 'text/event-stream',
        silenceMs: SILENCE_MS,
        signal,
      });
      if (reply.statusCode !== 200) throw problemOf(reply.statusCode ?? 0, await readBody(reply));
      pauseMs = FIRST_PAUSE_MS;
      yield { kind: 'resync' };
      yield* parseEventStream(reply);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ProblemError && error.status < 500) throw error;
      if (
        error instanceof ConnectionError &&
        (error.code === 'untrusted-certificate' || error.code === 'not-permitted')
      )
        throw error;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

/** The `data:` of each event (WHATWG HTML, 9.2) that is one of ours; what is not is skipped: a newer server may say more. */
export async function* parseEventStream(stream: IncomingMessage | AsyncIterable<Buffer>): AsyncGenerator<LiveEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let data: string[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r\n|\n/);
    rest = lines.pop() ?? '';
    if (rest.length > LINE_LIMIT) throw new ConnectionError('reply-too-large', 'an event has no end');
    for (const line of lines) {
      if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
      if (line !== '') continue;
      const event = readEvent(data.join('\n'));
      data = [];
      if (event !== undefined) yield event;
    }
  }
}

function readEvent(text: string): LiveEvent | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Value.Check(LiveEvent, value) ? value : undefined;
  } catch {
    return undefined;
  }
}
