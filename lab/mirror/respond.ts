import { createReadStream, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { tampered, type Fault } from './faults.ts';
import type { Answer } from './site.ts';

const CHUNK_BYTES = 16 * 1024;

type Body = { readonly sizeBytes: number; readonly read: (from: number, to: number) => Readable };

/** What was sent so far; 0 is the status of an answer that has not begun. */
export type Progress = { status: number; sizeBytes: number };

/** Sends an answer with its faults: ranges and dates as apt's http method asks for them. */
export async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  faults: readonly Fault[],
  progress: Progress,
): Promise<void> {
  for (const fault of faults) if (fault.kind === 'delay') await sleep(fault.delayMs);
  const forced = faults.find((fault) => fault.kind === 'status');
  if (forced !== undefined || answer.kind === 'status') {
    progress.status = forced?.status ?? (answer.kind === 'status' ? answer.status : 500);
    response.writeHead(progress.status, { 'content-length': 0 }).end();
    return;
  }
  const body = bodyOf(answer.path, faults);
  const modified = answer.modifiedAt.toUTCString();
  // Exactly this date, as nginx does: who has a newer file gets the older one, which is what a replay needs.
  const honest = !faults.some((fault) => fault.kind === 'replace');
  if (honest && request.headers['if-modified-since'] === modified) {
    progress.status = 304;
    response.writeHead(304).end();
    return;
  }
  const range = rangeOf(request, body.sizeBytes, modified);
  if (range === 'unsatisfiable') {
    progress.status = 416;
    response.writeHead(416, { 'content-range': `bytes */${body.sizeBytes}`, 'content-length': 0 }).end();
    return;
  }
  const { from, to } = range ?? { from: 0, to: body.sizeBytes };
  progress.status = range === undefined ? 200 : 206;
  response.writeHead(progress.status, {
    'content-type': 'application/octet-stream',
    'content-length': to - from,
    'accept-ranges': 'bytes',
    'last-modified': modified,
    ...(range === undefined ? {} : { 'content-range': `bytes ${from}-${to - 1}/${body.sizeBytes}` }),
  });
  if (request.method === 'HEAD' || to === from) response.end();
  else await send(response, body.read(from, to), faults, progress);
}

function bodyOf(path: string, faults: readonly Fault[]): Body {
  if (faults.some((fault) => fault.kind === 'replace' || fault.kind === 'flip')) {
    const content = tampered(readFileSync(path), faults);
    return { sizeBytes: content.length, read: (from, to) => Readable.from(chunks(content.subarray(from, to))) };
  }
  return {
    sizeBytes: statSync(path).size,
    read: (from, to) => createReadStream(path, { start: from, end: to - 1 }),
  };
}

/** RFC 9110 section 14: one range `bytes=N-` or `bytes=N-M`; others are ignored, as a server may. */
function rangeOf(request: IncomingMessage, sizeBytes: number, modified: string) {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const ifRange = request.headers['if-range'];
  if (match === null || (ifRange !== undefined && ifRange !== modified)) return undefined;
  const from = Number(match[1]);
  const to = match[2] === '' ? sizeBytes : Math.min(Number(match[2]) + 1, sizeBytes);
  return from >= to ? ('unsatisfiable' as const) : { from, to };
}

async function send(response: ServerResponse, body: Readable, faults: readonly Fault[], progress: Progress) {
  const rates = faults.flatMap((fault) => (fault.kind === 'throttle' ? [fault.bytesPerSecond] : []));
  const cuts = faults.flatMap((fault) => (fault.kind === 'cut' ? [fault.afterBytes] : []));
  async function* shaped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      for (const piece of chunks(chunk)) {
        const left = Math.min(...cuts) - progress.sizeBytes;
        if (piece.length >= left) {
          yield piece.subarray(0, left);
          // What was written must leave before the reset does.
          await sleep(20);
          throw new Error('cut by a fault');
        }
        yield piece;
        progress.sizeBytes += piece.length;
        if (rates.length > 0) await sleep((piece.length / Math.min(...rates)) * 1000);
      }
    }
  }
  try {
    await pipeline(body, shaped, response);
  } catch {
    // The client went away or a fault cut the line: either way the connection must not look complete.
    response.destroy();
  }
}

function* chunks(content: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < content.length; at += CHUNK_BYTES) yield content.subarray(at, at + CHUNK_BYTES);
}
