import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvFields, textLines, type LineLimits } from './lines.ts';

const LIMITS: LineLimits = { what: 'the list', lineLimitBytes: 32, limitLines: 10 };

async function* cut(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

async function linesOf(content: string | Uint8Array, sizeBytes = 5, limits = LIMITS): Promise<string[]> {
  const found: string[] = [];
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  for await (const { text } of textLines(cut(bytes, sizeBytes), limits)) found.push(text);
  return found;
}

describe('textLines', () => {
  it.each([
    ['nothing', '', []],
    ['one line without end', 'a', ['a']],
    ['LF and CR LF', 'a\nb\r\n\nc', ['a', 'b', '', 'c']],
    ['a letter cut by a chunk', 'aaaaä\nb', ['aaaaä', 'b']],
  ])('%s', async (_title, content, expected) => {
    expect(await linesOf(content)).toEqual(expected);
  });

  it('numbers from 1', async () => {
    const found = [];
    for await (const line of textLines(cut(new TextEncoder().encode('a\nb\n'), 1), LIMITS)) found.push(line);
    expect(found).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
    ]);
  });

  it('keeps a broken byte sequence inside of its line', async () => {
    expect(await linesOf(new Uint8Array([0x61, 0xe9, 0x0a, 0x62]))).toEqual(['a\u{fffd}', 'b']);
  });

  it('copies what it keeps: the source may use its buffer again', async () => {
    const buffer = new Uint8Array(2);
    async function* reused(): AsyncGenerator<Uint8Array> {
      for (const pair of ['ab', 'cd', 'e\n']) {
        buffer.set(new TextEncoder().encode(pair));
        yield buffer;
      }
    }
    const found: string[] = [];
    for await (const { text } of textLines(reused(), LIMITS)) found.push(text);
    expect(found).toEqual(['abcde']);
  });

  it.each([
    ['a longer line', 'x'.repeat(33), LIMITS, 'too-large'],
    ['more lines', '\n'.repeat(11), LIMITS, 'too-large'],
    ['NUL bytes', 'a\0b\n', LIMITS, 'malformed'],
    ['a cut last line where the whole is asked for', 'a\nb', { ...LIMITS, complete: true }, 'malformed'],
  ])('refuses %s', async (_title, content, limits, code) => {
    await expect(linesOf(content, 5, limits)).rejects.toMatchObject({ name: 'FeedError', code });
  });

  it('gives the lines that were joined, wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[^\n\r\0]{0,8}$/), { maxLength: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (lines, sizeBytes) => {
          expect(await linesOf(lines.map((text) => `${text}\n`).join(''), sizeBytes)).toEqual(
            lines.map((text) => text.toWellFormed()),
          );
        },
      ),
    );
  });
});

describe('csvFields', () => {
  it.each([
    ['', ['']],
    ['a,b,', ['a', 'b', '']],
    ['"a, b",c', ['a, b', 'c']],
    ['"say ""no""",', ['say "no"', '']],
    ['a"b,c', ['a"b', 'c']],
    ['"a" b,c', null],
    ['"a', null],
  ])('%s', (line, expected) => {
    expect(csvFields(line)).toEqual(expected);
  });

  it('reads back what was quoted', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (fields) => {
        expect(csvFields(fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(','))).toEqual(fields);
      }),
    );
  });
});
