import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { secretOf } from './index.ts';

const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`;

it.each([
  ['a bearer token', 'Bearer abc.def-_', 'abc.def-_'],
  ['the scheme in other letters', 'bEARER abc', 'abc'],
  ['a password of any user', basic('anybody:secret'), 'secret'],
  ['a password of no user', basic(':secret'), 'secret'],
  ['a password with colons', basic('user:a:b'), 'a:b'],
  ['no header', undefined, null],
  ['no password', basic('user:'), null],
  ['no colon', basic('user'), null],
  ['no token', 'Bearer ', null],
  ['another scheme', 'Digest abc', null],
  ['two tokens', 'Bearer abc def', null],
  ['a huge one', `Bearer ${'a'.repeat(5000)}`, null],
])('a request with %s', (_, authorization, secret) => {
  expect(secretOf({ headers: { authorization } } as IncomingMessage)).toBe(secret);
});
