import { PROBLEM_TYPE, Problem } from '@thimble/protocol';
import { signRequest, type Lane, type SigningKey } from '@thimble/protocol/signing';
import { Value } from 'typebox/value';
import type { Clock } from '../clock.ts';
import type { Sequences } from '../state/sequences.ts';
import { ServerFailure } from './server-failure.ts';
import { TransportError, type Exchange, type Reply, type Transport } from './transport.ts';

export interface SignedRequest extends Omit<Exchange, 'headers'> {
  readonly lane: Lane;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends signed requests, one after another in each lane, and turns what is not a success into a ServerFailure. */
export interface SignedRequests {
  send(request: SignedRequest): Promise<Reply>;
  /** How far the server's clock is ahead of this machine's, milliseconds; 0 until it is known. */
  readonly clockOffsetMs: number;
  /** The server said what time it is, more exactly than its Date header. */
  observeServerTime(unixMs: number): void;
  /** Signs with another key from the next request on. */
  use(key: SigningKey): void;
}

/** Signatures are refused beyond 300 s; a difference below this one is as good as none. */
const TOLERATED_SKEW_MS = 30_000;
/** What is beyond has no timestamp in the protocol's form, and an outcome of such a time would be taken by no server. */
const LAST_BELIEVED_MS = Date.parse('9990-01-01T00:00:00.000Z');
const MAX_TRIES = 4;
/** Longer than any sane `Retry-After`; a hostile one must not silence the endpoint. */
const MAX_RETRY_AFTER_MS = 3_600_000;

export function createSignedRequests(
  transport: Transport,
  firstKey: SigningKey,
  sequences: Sequences,
  clock: Clock,
): SignedRequests {
  let key = firstKey;
  const lanes: Record<Lane, Promise<unknown>> = { main: Promise.resolve(), held: Promise.resolve() };
  let clockOffsetMs = 0;

  function observeServerTime(unixMs: number): void {
    if (!(unixMs >= 0 && unixMs <= LAST_BELIEVED_MS)) return;
    const offset = unixMs - clock.now();
    clockOffsetMs = Math.abs(offset) > TOLERATED_SKEW_MS ? offset : 0;
  }

  async function attempt(request: SignedRequest): Promise<Reply> {
    const sequence = await sequences.next(request.lane);
    const created = Math.floor((clock.now() + clockOffsetMs) / 1000);
    const signature = signRequest(request, { keyid: key.keyid, created, lane: request.lane, sequence }, key);
    const reply = await transport.exchange({ ...request, headers: { ...request.headers, ...signature } });
    const date = Date.parse(typeof reply.headers['date'] === 'string' ? reply.headers['date'] : '');
    // The header has whole seconds: half of one more is nearer to the truth.
    if (!Number.isNaN(date)) observeServerTime(date + 500);
    return reply;
  }

  async function sendInLane(request: SignedRequest): Promise<Reply> {
    for (let tries = 1; ; tries += 1) {
      try {
        const reply = await attempt(request);
        if (reply.status < 300) return reply;
        const problem = readProblem(reply);
        if (tries < MAX_TRIES && (await cured(request, problem))) continue;
        throw failure(reply, problem);
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        if (error.code === 'cut-off' && tries < MAX_TRIES) continue;
        const code = error.code === 'aborted' || error.code === 'untrusted' ? error.code : 'unreachable';
        throw new ServerFailure(code, error.message, { cause: error });
      }
    }
  }

  /** Whether another try, with what this reply taught, can succeed. */
  async function cured(request: SignedRequest, problem: Problem | null): Promise<boolean> {
    if (problem?.code === 'clock-skew') return clockOffsetMs !== 0;
    if (problem?.code !== 'stale-sequence') return false;
    const last = problem.extra?.['lastSequence'];
    await sequences.raise(request.lane, Number(last));
    return true;
  }

  return {
    send(request) {
      const sent = lanes[request.lane].then(() => sendInLane(request));
      lanes[request.lane] = sent.catch(() => undefined);
      return sent;
    },
    get clockOffsetMs() {
      return clockOffsetMs;
    },
    observeServerTime,
    use(next) {
      key = next;
    },
  };
}

function readProblem(reply: Reply): Problem | null {
  if (!String(reply.headers['content-type'] ?? '').startsWith(PROBLEM_TYPE)) return null;
  try {
    const value: unknown = JSON.parse(reply.body.toString('utf8'));
    return Value.Check(Problem, value) ? value : null;
  } catch {
    return null; // Then the status alone speaks.
  }
}

function failure(reply: Reply, problem: Problem | null): ServerFailure {
  const { status } = reply;
  const message = problem === null ? `the server answered ${status}` : `${problem.title} (${problem.code})`;
  const detail = { status, problem, retryAfterMs: retryAfterMs(reply) };
  if (status === 410) return new ServerFailure('removed', message, detail);
  const busy = status === 408 || status === 425 || status === 429 || status >= 500;
  return new ServerFailure(busy ? 'busy' : 'refused', message, detail);
}

/** RFC 9110 section 10.2.3, the form in seconds, which is the one that our server uses. */
function retryAfterMs(reply: Reply): number | null {
  const text = reply.headers['retry-after'];
  if (typeof text !== 'string' || !/^\d{1,9}$/.test(text)) return null;
  return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS);
}
