import type { IncomingMessage } from 'node:http';
import { printable, UpstreamError } from '@thimble/upstream';
import { ContentFault } from '../model/index.ts';
import { PROGRESS_BYTES } from './limits.ts';
import type { PartialFile, Validator } from './partial-file.ts';
import { readBody, type Waited } from './read-body.ts';
import { type Failure, faultOf, type Opened, type Upstreams } from './upstreams.ts';

export interface AttemptContext {
  readonly upstreams: Upstreams;
  readonly partial: PartialFile;
  readonly sizeBytes: number;
  readonly name: string;
  readonly waited: Waited;
  readonly signal: AbortSignal;
  /** Before the bytes of an answer are written. @throws ContentFault when there is no room */
  readonly beforePiece: (bytes: number) => Promise<void>;
  readonly onChange: () => void;
}

export type AttemptResult =
  /** All bytes are there; whether they are the right ones is to be seen. */
  { readonly kind: 'complete' } | { readonly kind: 'absent'; readonly fault: ContentFault } | Failure;

/** One request for what is still wanted of a file. @throws ContentFault for what no other address would change; the signal's reason */
export async function attempt(url: URL, context: AttemptContext): Promise<AttemptResult> {
  const { partial, upstreams, signal } = context;
  const opened = await upstreams.open(url, rangeOf(url, partial), signal);
  const answer = await usable(url, opened, context);
  if (answer !== 'anew') return answer;
  // What is here is no beginning of what upstream has now.
  await partial.restart();
  context.onChange();
  const again = await usable(url, await upstreams.open(url, {}, signal), context);
  if (again !== 'anew') return again;
  return failed(
    new ContentFault('malformed', `${printable(url)} answers a request for a whole file with a part`),
    false,
  );
}

function rangeOf(url: URL, partial: PartialFile): Readonly<Record<string, string>> {
  if (partial.size() === 0) return {};
  const condition = strongValidator(url, partial.validator());
  return { range: `bytes=${partial.size()}-`, ...(condition === null ? {} : { 'if-range': condition }) };
}

/** RFC 9110 section 13.1.5: a strong ETag or a date. Another mirror's say nothing: there only the digest tells. */
function strongValidator(url: URL, validator: Validator | null): string | null {
  if (validator === null || validator.url !== url.href) return null;
  if (validator.etag !== null) return validator.etag.startsWith('W/') ? null : validator.etag;
  return validator.lastModified;
}

async function usable(url: URL, opened: Opened, context: AttemptContext): Promise<AttemptResult | 'anew'> {
  if (opened.kind === 'no-such-range') return context.partial.size() > 0 ? 'anew' : failed(oddStatus(url, 416), false);
  if (opened.kind !== 'answer') return opened;
  const { response, status } = opened;
  const { partial, sizeBytes } = context;
  if (status === 206) {
    if (!continues(url, response, partial, sizeBytes)) {
      response.destroy();
      return 'anew';
    }
  } else {
    const stated = response.headers['content-length'];
    const contradiction = stated === undefined ? null : sizeFault(context, Number(stated), printable(url));
    if (contradiction !== null) {
      response.destroy();
      return failed(contradiction, false);
    }
    if (partial.size() > 0) await partial.restart();
    const { etag = null, 'last-modified': lastModified = null } = response.headers;
    await partial.remember({ url: url.href, etag, lastModified });
  }
  return receive(url, response, context);
}

/** Whether a part is the rest of the very file of which the beginning is here, as far as can be told before the digest. */
function continues(url: URL, { headers }: IncomingMessage, partial: PartialFile, sizeBytes: number): boolean {
  const range = /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/.exec(headers['content-range'] ?? '');
  if (range === null || partial.size() === 0 || Number(range[1]) !== partial.size() || Number(range[2]) >= sizeBytes)
    return false;
  if (range[3] !== '*' && Number(range[3]) !== sizeBytes) return false;
  const before = partial.validator();
  const etag = headers.etag;
  return before?.url !== url.href || before.etag === null || etag === undefined || before.etag === etag;
}

async function receive(url: URL, response: IncomingMessage, context: AttemptContext): Promise<AttemptResult> {
  const { partial, upstreams, sizeBytes, signal, waited } = context;
  const { limits, now, bandwidth, health, received } = upstreams;
  let attemptBytes = 0;
  try {
    for await (const chunk of readBody(response, { url, limits, waited, now, signal })) {
      received.set(url.hostname, (received.get(url.hostname) ?? 0) + chunk.length);
      attemptBytes += chunk.length;
      if (partial.size() + chunk.length > sizeBytes) return failed(tooLarge(context, printable(url)), false);
      await context.beforePiece(chunk.length);
      await partial.append(chunk);
      context.onChange();
      await bandwidth.pay(chunk.length, signal);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof UpstreamError)) throw error;
    // A line that breaks now and then is not as bad as a host that gives nothing: its waits do not grow.
    if (attemptBytes >= PROGRESS_BYTES) health.succeeded(url.host);
    health.failed(url.host, null);
    // Who holds a connection with a trickle is not asked a second time.
    return failed(faultOf(error), error.code === 'broken');
  }
  health.succeeded(url.host);
  if (partial.size() === sizeBytes) return { kind: 'complete' };
  return failed(sizeFault(context, partial.size(), printable(url)) ?? oddStatus(url, 200), false);
}

function sizeFault(context: AttemptContext, has: number, place: string): ContentFault | null {
  const { sizeBytes, name } = context;
  if (has === sizeBytes) return null;
  if (has > sizeBytes || Number.isNaN(has)) return tooLarge(context, place);
  return new ContentFault('truncated', `${name}: ${place} has ${has} bytes where signed metadata says ${sizeBytes}`);
}

function tooLarge({ name, sizeBytes }: AttemptContext, place: string): ContentFault {
  return new ContentFault(
    'too-large',
    `${name}: ${place} has more than the ${sizeBytes} bytes that signed metadata says`,
  );
}

function oddStatus(url: URL, status: number): ContentFault {
  return new ContentFault('unreachable', `${printable(url)} answers ${status} to a request that it can't mean`);
}

function failed(fault: ContentFault, again: boolean): Failure {
  return { kind: 'failed', fault, again };
}
