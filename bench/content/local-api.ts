import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';

/** As the local operator; `path` below /api/v1. @throws when the server refuses */
export async function callLocally<Answer>(
  socketPath: string,
  method: string,
  path: string,
  body?: Buffer | Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const type = Buffer.isBuffer(body) ? 'application/octet-stream' : 'application/json';
  const headers = body === undefined ? {} : { 'content-type': type };
  const asking = request({ socketPath, method, path: `/api/v1${path}`, headers, agent: false });
  const answered = once(asking, 'response');
  asking.end(Buffer.isBuffer(body) || body === undefined ? body : JSON.stringify(body));
  const [reply] = (await answered) as [IncomingMessage];
  const answer = await json(reply);
  if ((reply.statusCode ?? 500) >= 400)
    throw new Error(`${method} ${path}: ${reply.statusCode}, ${JSON.stringify(answer)}`);
  return answer as Answer;
}

export interface Looked {
  readonly id: string;
  readonly running: unknown;
  readonly checkedAt: string | null;
  readonly fault: { readonly code: string; readonly message: string } | null;
  readonly latest: { readonly id: string; readonly sequence: number; readonly packageCount: number } | null;
}

const LOOK_MS = 20;
const DEADLINE_MS = 600_000;

/** Waits until a repository was found good again. @throws when it was not */
export async function untilLooked(
  socketPath: string,
  id: string,
  before: string | null,
  signal: AbortSignal,
): Promise<Looked> {
  for (const untilMs = performance.now() + DEADLINE_MS; performance.now() < untilMs;) {
    const { summary } = await callLocally<{ summary: Looked }>(socketPath, 'GET', `/content/repositories/${id}`);
    if (summary.fault !== null) throw new Error(`${summary.fault.code}: ${summary.fault.message}`);
    if (summary.checkedAt !== null && summary.checkedAt !== before) return summary;
    await sleep(LOOK_MS, undefined, { signal });
  }
  throw new Error(`the repository was not looked at within ${DEADLINE_MS / 1000} s`);
}
