export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/** A reply, and how many bytes of the input it took; null: there is no whole one yet. */
export type ParsedReply = { readonly reply: HttpReply; readonly lengthBytes: number } | null;

const HEADER_LIMIT_BYTES = 16 * 1024;
const END_OF_HEADER = Buffer.from('\r\n\r\n');

/**
 * Reads one HTTP/1.1 reply from the front of what has arrived: only what our server sends to an agent, that is with
 * Content-Length or without a body. A full client costs as much processor as the server that it shall measure.
 *
 * @throws Error when it is something else.
 */
export function parseReply(input: Buffer): ParsedReply {
  const headerEnd = input.indexOf(END_OF_HEADER);
  if (headerEnd < 0) {
    if (input.length > HEADER_LIMIT_BYTES) throw new Error('a reply without an end of its header');
    return null;
  }
  const header = input.toString('latin1', 0, headerEnd);
  const status = /^HTTP\/1\.1 (\d{3})/.exec(header)?.[1];
  if (status === undefined) throw new Error(`not a reply: ${header.slice(0, 80)}`);
  const start = headerEnd + END_OF_HEADER.length;
  if (status === '204' || status === '304') return { reply: { status: Number(status), body: '' }, lengthBytes: start };
  const length = /\r\ncontent-length: *(\d+)/i.exec(header)?.[1];
  if (length === undefined) throw new Error('a reply without a length');
  const end = start + Number(length);
  if (input.length < end) return null;
  return { reply: { status: Number(status), body: input.toString('utf8', start, end) }, lengthBytes: end };
}
