import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hashPassword, verifyPassword } from './hash-password.ts';

test('the right password holds, another does not, and equal ones are stored differently', async () => {
  const one = await hashPassword('a river full of stones', randomBytes);
  const other = await hashPassword('a river full of stones', randomBytes);
  expect(one).toMatch(/^scrypt\$17\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(one).not.toBe(other);
  expect(await verifyPassword('a river full of stones', one)).toBe(true);
  expect(await verifyPassword('a river full of stone', one)).toBe(false);
});

test('a password typed with composed or combining characters is the same', async () => {
  const stored = await hashPassword('caf\u00e9 au lait, s\u2019il', randomBytes);
  expect(await verifyPassword('cafe\u0301 au lait, s\u2019il', stored)).toBe(true);
});

test('nobody is never right', async () => {
  expect(await verifyPassword('', undefined)).toBe(false);
});

test.each([
  '',
  'plain',
  'scrypt$30$8$1$AAAAAAAAAAAAAAAAAAAAAA$' + 'A'.repeat(43),
  'scrypt$2$8$1$AAAAAAAAAAAAAAAAAAAAAA$' + 'A'.repeat(43),
])('a stored string that asks for other than ours is no password: %j', async (stored) => {
  await expect(verifyPassword('x', stored)).rejects.toThrow('not one of ours');
});
