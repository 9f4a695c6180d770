import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Entry } from './entries.ts';
import { readContainer, writeContainer } from './file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp('/tmp/thimble-backup-');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Parts = readonly (readonly [name: string, parts: readonly Uint8Array[]])[];

async function* entriesOf(parts: Parts): AsyncGenerator<Entry> {
  for (const [name, content] of parts)
    yield {
      name,
      content: (async function* give() {
        for (const part of content) yield Buffer.from(part);
      })(),
    };
}

async function write(parts: Parts, passphrase?: string): Promise<string> {
  const path = join(folder, 'backup');
  await writeContainer(entriesOf(parts), createWriteStream(path), passphrase);
  return path;
}

async function read(path: string, passphrase?: string): Promise<readonly (readonly [string, Buffer])[]> {
  const found: [string, Buffer][] = [];
  for await (const { name, content } of readContainer(path, passphrase))
    found.push([name, Buffer.concat(await Array.fromAsync(content))]);
  return found;
}

/** More than one sealed chunk of what does not pack. */
const LARGE: Parts = [
  ['first', [Buffer.from('a row\n'.repeat(3))]],
  ['empty', []],
  ['large', [randomBytes(200_000)]],
];

describe('a backup’s container', () => {
  it.each([
    ['sealed', 'correct horse'],
    ['in clear', undefined],
  ])('gives what was put in, %s', async (_, passphrase) => {
    const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' });
    const parts = fc.array(fc.uint8Array({ maxLength: 100_000, size: 'max' }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, parts), { maxLength: 3 }), async (given) => {
        const expected = given.map(([each, content]) => [each, Buffer.concat(content)]);
        expect(await read(await write(given, passphrase), passphrase)).toEqual(expected);
      }),
      { numRuns: passphrase === undefined ? 20 : 2 },
    );
  });

  it('is refused in clear by whoever gives a passphrase: it is not what they sealed', async () => {
    const path = await write(LARGE);
    await expect(read(path, 'correct horse')).rejects.toMatchObject({ code: 'passphrase' });
  });

  it('shows nothing of what is sealed', async () => {
    const text = await readFile(
      await write([['keys/order-key.pem', [Buffer.from('PRIVATE')]]], 'correct horse'),
      'latin1',
    );
    expect(text).not.toMatch(/order-key|PRIVATE/);
  });

  it.each([
    ['another', 'wrong'],
    ['none', undefined],
  ])('does not open with %s passphrase', async (_, passphrase) => {
    await expect(read(await write(LARGE, 'correct horse'), passphrase)).rejects.toMatchObject({ code: 'passphrase' });
  });

  it.each([
    ['sealed', 'correct horse'],
    ['in clear', undefined],
  ])('is refused wherever it is cut off, %s', async (_, passphrase) => {
    const whole = await readFile(await write(LARGE, passphrase));
    const cut = join(folder, 'cut');
    // The last bytes of what is not sealed are zstd's own, after all of ours.
    for (const sizeBytes of [0, 10, 80, whole.length >> 1, whole.length - 20]) {
      await writeFile(cut, whole.subarray(0, sizeBytes));
      await expect(read(cut, passphrase), `${sizeBytes} bytes`).rejects.toMatchObject({ name: 'BackupError' });
    }
  });

  it('is refused with any bit flipped, and with chunks exchanged or more at its end, when it is sealed', async () => {
    const whole = await readFile(await write(LARGE, 'correct horse'));
    const changed = join(folder, 'changed');
    const start = whole.indexOf('\n') + 1;
    const chunk = 64 * 1024 + 16;
    const exchanged = Buffer.concat([
      whole.subarray(0, start),
      whole.subarray(start + chunk, start + 2 * chunk),
      whole.subarray(start, start + chunk),
      whole.subarray(start + 2 * chunk),
    ]);
    const variants = [exchanged, Buffer.concat([whole, Buffer.alloc(1)])];
    for (const at of [start - 3, start, start + chunk + 5, whole.length - 1]) {
      const flipped = Buffer.from(whole);
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      variants.push(flipped);
    }
    for (const [index, variant] of variants.entries()) {
      await writeFile(changed, variant);
      await expect(read(changed, 'correct horse'), `variant ${index}`).rejects.toMatchObject({ name: 'BackupError' });
    }
  });
});
