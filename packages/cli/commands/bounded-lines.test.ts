import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedLines } from './bounded-lines.ts';

async function linesOf(chunks: readonly (string | Buffer)[], limit = 10): Promise<readonly (string | null)[]> {
  const lines: (string | null)[] = [];
  for await (const some of boundedLines(Readable.from(chunks), limit)) lines.push(...some);
  return lines;
}

describe('lines of a stream', () => {
  it.each([
    ['end with a line feed, the last one need not', ['a\nb'], ['a', 'b']],
    ['lose one carriage return', ['a\r\nb\r\r\n'], ['a', 'b\r']],
    ['do not end at other breaks', ['a\rb\u2028c\n'], ['a\rb\u2028c']],
    ['may be empty', ['\n\n'], ['', '']],
    ['go across chunks', ['a', 'b\nc', '', 'd'], ['ab', 'cd']],
    ['may be as long as the limit', ['1234567890\r\n'], ['1234567890']],
    ['are null when longer', ['12345678901\nb\n'], [null, 'b']],
    ['also across chunks', ['12345', '67890', '12345', '\nb'], [null, 'b']],
    ['also at the end', ['a\n', '1234567890', '12'], ['a', null]],
  ] as const)('%s', async (_, chunks, lines) => {
    expect(await linesOf(chunks)).toEqual(lines);
  });

  it('keep a character that lies across chunks, and show what is not UTF-8', async () => {
    expect(await linesOf([Buffer.from([0xc3]), Buffer.from([0xa9, 0x0a, 0xff])])).toEqual(['é', '\uFFFD']);
  });

  it('are the same however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', '\n', '\r', 'é'), maxLength: 15 })),
        async (pieces) => {
          const whole = await linesOf([pieces.join('')]);
          const bytes = [...Buffer.from(pieces.join(''))].map((byte) => Buffer.from([byte]));
          expect(await linesOf(bytes)).toEqual(whole);
          expect(await linesOf(pieces)).toEqual(whole);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });
});
