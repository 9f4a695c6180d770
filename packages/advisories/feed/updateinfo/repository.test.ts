import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { checkedChunks } from './repository.ts';

const CONTENT = new TextEncoder().encode('<updates/>');

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield CONTENT.subarray(0, 3);
  yield CONTENT.subarray(3);
}

async function readAll(sha256: string | null): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of checkedChunks(chunks(), sha256, 'updateinfo')) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

it('passes on what has the stated digest, or none', async () => {
  const digest = createHash('sha256').update(CONTENT).digest('hex');
  expect(await readAll(digest)).toBe('<updates/>');
  expect(await readAll(digest.toUpperCase())).toBe('<updates/>');
  expect(await readAll(null)).toBe('<updates/>');
});

it('refuses what has another one', async () => {
  await expect(readAll('0'.repeat(64))).rejects.toMatchObject({ code: 'not-authentic' });
});
