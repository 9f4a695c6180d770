import { expect, test } from 'vitest';
import { checkBlock } from './check-block.ts';

const BLOCK = { name: 'openssl', version: '3.0.22-1', reason: 'breaks LDAP' };

test.each([
  ['as it is written', BLOCK, BLOCK],
  ['without spaces around it', { ...BLOCK, name: ' openssl ', version: '3.0.22-1\n' }, BLOCK],
  ['with an epoch and a tilde', { ...BLOCK, version: '2:1.0~rc1-1' }, { ...BLOCK, version: '2:1.0~rc1-1' }],
  ['with an architecture', { ...BLOCK, architecture: 'amd64' }, { ...BLOCK, architecture: 'amd64' }],
  ['of a file with spaces in its name', { ...BLOCK, name: 'Some Tool' }, { ...BLOCK, name: 'Some Tool' }],
])('a block is taken %s', (_title, given, expected) => {
  expect(checkBlock(given)).toEqual(expected);
});

test.each([
  ['an empty name', { ...BLOCK, name: ' ' }],
  ['an empty version', { ...BLOCK, version: '' }],
  ['a pattern of versions', { ...BLOCK, version: '3.0.*' }],
  ['a pattern of names', { ...BLOCK, name: 'lib%' }],
  ['a control character', { ...BLOCK, name: 'open\u0000ssl' }],
  ['an empty architecture', { ...BLOCK, architecture: '' }],
])('a block with %s would hold nothing back, and is refused', (_title, given) => {
  expect(() => checkBlock(given)).toThrow(expect.objectContaining({ status: 422, code: 'bad-block' }));
});
