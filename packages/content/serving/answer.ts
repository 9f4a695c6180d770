import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Body } from './body-source.ts';
import type { ByteRange } from './byte-range.ts';
import type { Validators, Verdict } from './conditions.ts';
import { sendProblem } from './content-problem.ts';
import { Outlet } from './outlet.ts';
import { sendPieces, sendStream } from './send-body.ts';
import type { ServableFile } from './servable-file.ts';
import { onSocketClose } from './socket-close.ts';

const YEAR_SECONDS = 31_536_000;

export function validatorsOf({ sha256, lastModified }: ServableFile): Validators {
  return { etag: sha256 === null ? null : `"${sha256}"`, lastModified };
}

export function wholeOf({ sizeBytes }: ServableFile): ByteRange {
  return { first: 0, last: sizeBytes - 1 };
}

/** The answer to HEAD, and to a GET that gets no bytes. */
export function sendWithoutBody(
  request: IncomingMessage,
  response: ServerResponse,
  file: ServableFile,
  verdict: Verdict,
): void {
  switch (verdict.kind) {
    case 'whole':
    case 'part':
      response.writeHead(200, [...fieldsOf(file), 'content-length', String(file.sizeBytes)]).end();
      return;
    case 'not-modified':
      response.writeHead(304, fieldsOf(file)).end();
      return;
    case 'precondition-failed':
      return sendProblem(request, response, {
        kind: 'problem',
        status: 412,
        code: 'precondition-failed',
        detail: 'The file at this address is another one.',
      });
    case 'unsatisfiable':
      return sendProblem(request, response, {
        kind: 'problem',
        status: 416,
        code: 'range-not-satisfiable',
        detail: `The file has ${file.sizeBytes} bytes.`,
        headers: { 'content-range': `bytes */${file.sizeBytes}` },
      });
  }
}

/**
 * Sends a body, and ends what it comes from. A body that turns out wrong breaks the connection, so that nobody has it for the whole.
 *
 * @param onEnd gets the bytes that were sent, whatever happened
 * @throws what went wrong on this side or upstream; then nothing was sent, or the connection is broken. Not when the client has gone.
 */
export async function sendBody(
  response: ServerResponse,
  file: ServableFile,
  verdict: Verdict & { readonly kind: 'whole' | 'part' },
  body: Body,
  onEnd: (sentBytes: number) => void,
): Promise<void> {
  const range = verdict.kind === 'part' ? verdict : wholeOf(file);
  const head = (): void => {
    const length = ['content-length', String(range.last - range.first + 1)];
    if (verdict.kind === 'whole') response.writeHead(200, [...fieldsOf(file), ...length]);
    else
      response.writeHead(206, [
        ...fieldsOf(file),
        ...length,
        'content-range',
        `bytes ${range.first}-${range.last}/${file.sizeBytes}`,
      ]);
  };
  if (body.kind === 'bytes') {
    head();
    onEnd(await sendAtOnce(response, body.bytes));
    return;
  }
  const outlet = new Outlet(response);
  try {
    if (body.kind === 'pieces') {
      head();
      await sendPieces(body.pieces, range, outlet);
    } else {
      const { stream } = body;
      outlet.onGone(() => stream.destroy());
      await sendStream(stream, range.last - range.first + 1, outlet, head);
    }
    outlet.end();
  } catch (error) {
    const left = outlet.gone;
    if (response.headersSent) outlet.break();
    if (!left) throw error;
  } finally {
    onEnd(outlet.sentBytes);
    await (body.kind === 'pieces' ? body.pieces.close() : body.stream.destroy());
  }
}

/** Head and body go in one write. @returns the bytes that were sent, when they are */
function sendAtOnce(response: ServerResponse, bytes: Buffer): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const { socket } = response.req;
  const forget = onSocketClose(socket, () => resolve(0));
  response.end(bytes, () => {
    forget();
    resolve(socket.destroyed ? 0 : bytes.length);
  });
  return promise;
}

function fieldsOf({ sha256, contentType, immutable, lastModified }: ServableFile): string[] {
  // Neither private nor public: shared caches keep only what was asked for without credentials (RFC 9111 section 3.5).
  const fields = [
    'content-type',
    contentType,
    'accept-ranges',
    'bytes',
    'cache-control',
    immutable ? `max-age=${YEAR_SECONDS}, immutable` : 'no-cache',
    'x-content-type-options',
    'nosniff',
  ];
  if (sha256 !== null)
    fields.push('etag', `"${sha256}"`, 'repr-digest', `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`);
  if (lastModified !== null) fields.push('last-modified', lastModified.toUTCString());
  return fields;
}
