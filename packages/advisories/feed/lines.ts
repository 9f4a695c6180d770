import { FeedError } from './feed-error.ts';

/** One line of a text document, without its line end (LF or CR LF). */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

export interface LineLimits {
  /** What the document is, for the error message. */
  readonly what: string;
  /** Longest line that is read. */
  readonly lineLimitBytes: number;
  /** Most lines that are read. */
  readonly limitLines: number;
  /** The last line must have its end: a document that breaks off inside a line was cut. */
  readonly complete?: boolean;
}

const LINE_FEED = 0x0a;

/**
 * Cuts a byte stream into lines, holding one chunk and one line at a time. Bytes that are no UTF-8 become U+FFFD: old
 * lists contain Latin-1 names, and a record is not lost for one.
 *
 * Throws a FeedError: `too-large` for a longer line or more lines than the limits, `malformed` for NUL bytes, which no
 * text has.
 */
export async function* textLines(chunks: AsyncIterable<Uint8Array>, limits: LineLimits): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: false });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let number = 0;
  const line = (last: Uint8Array): TextLine => {
    number += 1;
    if (number > limits.limitLines)
      throw new FeedError('too-large', `${limits.what}: more than ${limits.limitLines} lines`);
    const bytes = pending.length === 0 ? last : joined(pending, last);
    pending = [];
    pendingBytes = 0;
    // Decoded line by line: a broken sequence can't reach into the next line.
    const text = decoder.decode(bytes);
    if (text.includes('\0'))
      throw new FeedError('malformed', `${limits.what}: line ${number} has NUL bytes: not a text`);
    return { number, text: text.endsWith('\r') ? text.slice(0, -1) : text };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, start);
      const piece = chunk.subarray(start, end < 0 ? undefined : end);
      if (pendingBytes + piece.byteLength > limits.lineLimitBytes)
        throw new FeedError(
          'too-large',
          `${limits.what}: line ${number + 1} is longer than ${limits.lineLimitBytes} bytes`,
        );
      if (end < 0) {
        // Copied: the source may use its buffer again.
        if (piece.byteLength > 0) pending.push(piece.slice());
        pendingBytes += piece.byteLength;
        break;
      }
      yield line(piece);
      start = end + 1;
    }
  }
  if (pendingBytes === 0) return;
  if (limits.complete === true)
    throw new FeedError('malformed', `${limits.what}: breaks off in line ${number + 1}; it was not received whole`);
  yield line(new Uint8Array());
}

function joined(pieces: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  const total = pieces.reduce((sum, piece) => sum + piece.byteLength, last.byteLength);
  const whole = new Uint8Array(total);
  let at = 0;
  for (const piece of [...pieces, last]) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}

/**
 * The fields of one line of comma separated values (RFC 4180, without line breaks inside of fields). Null: a quote that
 * does not end, or text after a closing quote.
 */
export function csvFields(line: string): readonly string[] | null {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] !== '"') {
      const end = line.indexOf(',', at);
      fields.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return fields;
      at = end + 1;
      continue;
    }
    let text = '';
    at += 1;
    for (;;) {
      const quote = line.indexOf('"', at);
      if (quote < 0) return null;
      text += line.slice(at, quote);
      at = quote + 1;
      if (line[at] !== '"') break;
      text += '"';
      at += 1;
    }
    fields.push(text);
    if (at === line.length) return fields;
    if (line[at] !== ',') return null;
    at += 1;
  }
}
