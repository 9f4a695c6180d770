import type { IncomingMessage, ServerResponse } from 'node:http';

/** A file that is served as RFC 9110 wants it: ranges, If-Range, validators. */
export interface HonestFile {
  readonly kind: 'file';
  readonly bytes: Uint8Array;
  /** Left out: none is sent. */
  readonly etag?: string;
  readonly lastModified?: string;
  /** False: answers with all of it, whatever was asked. */
  readonly ranges?: boolean;
  /** False: does not say how long it is. */
  readonly length?: boolean;
}

export interface Stop {
  /** Bytes of the answer. */
  readonly after: number;
  readonly act: () => void;
}

/** @param stop after some bytes something happens instead of the rest */
export function answerFile(file: HonestFile, request: IncomingMessage, response: ServerResponse, stop?: Stop): void {
  const { bytes, etag, lastModified, ranges = true, length = true } = file;
  const validators = {
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
  };
  const range = ranges ? rangeOf(request, file) : null;
  if (range !== null && range.first >= bytes.length)
    return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
  const { first, last } = range ?? { first: 0, last: bytes.length - 1 };
  const body = bytes.subarray(first, last + 1);
  const size = length ? { 'content-length': body.length } : {};
  const place = range === null ? {} : { 'content-range': `bytes ${first}-${last}/${bytes.length}` };
  response.writeHead(range === null ? 200 : 206, { ...validators, ...size, ...place });
  if (stop === undefined || stop.after >= body.length) return void response.end(body);
  response.write(body.subarray(0, stop.after), () => setImmediate(stop.act));
}

/** null: all of it. */
function rangeOf(
  { headers }: IncomingMessage,
  { bytes, etag, lastModified }: HonestFile,
): { readonly first: number; readonly last: number } | null {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
  const condition = headers['if-range'];
  if (first === undefined || (condition !== undefined && condition !== etag && condition !== lastModified)) return null;
  return { first: Number(first), last: Math.min(last === '' ? Infinity : Number(last), bytes.length - 1) };
}
