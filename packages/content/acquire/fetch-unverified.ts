import { printable, UpstreamError } from '@thimble/upstream';
import { ContentFault, type Wanted } from '../model/index.ts';
import { createCourse } from './course.ts';
import { worstFault } from './faults.ts';
import { FRUITLESS_ROUNDS_LIMIT } from './limits.ts';
import { readBody } from './read-body.ts';
import { type Failure, faultOf, type Opened, type Upstreams } from './upstreams.ts';

type Absent = Extract<Opened, { kind: 'absent' }>;

interface Limits {
  readonly limitBytes: number;
  readonly signal: AbortSignal;
}

/**
 * A small file into memory, from the first address that has it.
 *
 * @returns null when all addresses say that there is none
 * @throws ContentFault `unreachable`, `too-large`; the signal's reason
 */
export async function fetchUnverified(
  { urls, name }: Pick<Wanted, 'urls' | 'name'>,
  limits: Limits,
  upstreams: Upstreams,
): Promise<Uint8Array | null> {
  const course = createCourse(upstreams.allowed(name, urls), upstreams.health);
  for (let round = 1; ; round += 1) {
    for (const url of course.ready()) {
      const result = await upstreams.turns(url.host, () => ask(url, limits, upstreams), limits.signal);
      if (result instanceof Uint8Array) return result;
      course.note(url, result.fault, result.kind === 'failed' && result.again);
    }
    const waitMs = course.waitMs();
    if (waitMs === null || waitMs > upstreams.limits.patienceMs || round === FRUITLESS_ROUNDS_LIMIT) break;
    if (waitMs > 0) await upstreams.wait(waitMs, limits.signal);
  }
  if (course.faults().every((fault) => fault.code === 'missing')) return null;
  throw worstFault(name, course.faults());
}

async function ask(
  url: URL,
  { limitBytes, signal }: Limits,
  upstreams: Upstreams,
): Promise<Uint8Array | Failure | Absent> {
  const { limits, now, bandwidth, received, health } = upstreams;
  const opened = await upstreams.open(url, {}, signal);
  if (opened.kind === 'absent' || opened.kind === 'failed') return opened;
  if (opened.kind === 'no-such-range' || opened.status === 206) {
    if (opened.kind === 'answer') opened.response.destroy();
    return failure(new ContentFault('unreachable', `${printable(url)} answers a request for a whole file with a part`));
  }
  const { response } = opened;
  const tooLarge = new ContentFault(
    'too-large',
    `${printable(url)} has more than the ${limitBytes} bytes that are read of it`,
  );
  if (Number(response.headers['content-length']) > limitBytes) {
    response.destroy();
    return failure(tooLarge);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of readBody(response, { url, limits, waited: { ms: 0 }, now, signal })) {
      received.set(url.hostname, (received.get(url.hostname) ?? 0) + chunk.length);
      size += chunk.length;
      if (size > limitBytes) return failure(tooLarge);
      chunks.push(chunk);
      await bandwidth.pay(chunk.length, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UpstreamError)) throw error;
    health.failed(url.host, null);
    return { ...failure(faultOf(error)), again: error.code === 'broken' };
  }
  health.succeeded(url.host);
  return Buffer.concat(chunks, size);
}

function failure(fault: ContentFault): Failure {
  return { kind: 'failed', fault, again: false };
}
