import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/**
 * The lines of a stream, those of one chunk at a time. A line ends with `\n`, a `\r` before it is dropped; what is not
 * UTF-8 becomes U+FFFD. null stands for a line longer than the limit, of which no more than the limit is kept in memory.
 */
export async function* boundedLines(input: Readable, limitCharacters: number): AsyncGenerator<(string | null)[]> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let overLong = false;
  for await (const chunk of input) {
    const pieces = (typeof chunk === 'string' ? chunk : decoder.write(chunk)).split('\n');
    const last = pieces.pop() ?? '';
    const lines: (string | null)[] = [];
    for (const piece of pieces) {
      lines.push(overLong ? null : bounded(rest + piece, limitCharacters));
      rest = '';
      overLong = false;
    }
    // One more than the limit, because the last character may be the \r.
    if (rest.length + last.length > limitCharacters + 1) overLong = true;
    rest = overLong ? '' : rest + last;
    yield lines;
  }
  rest += decoder.end();
  if (overLong) yield [null];
  else if (rest !== '') yield [bounded(rest, limitCharacters)];
}

function bounded(line: string, limitCharacters: number): string | null {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.length > limitCharacters ? null : text;
}
