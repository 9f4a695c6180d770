import { expect, it } from 'vitest';
import { readContentAddress } from './index.ts';

const REVISION = '01900000-0000-7000-8000-00000000000a';
const at = (path: string): string => `/content/revisions/${REVISION}/${path}`;
const small = { kind: 'revision', revisionId: REVISION, path: 'small' };

it.each([
  ['with a parent folder', at('a/../small'), 'unsafe'],
  ['with an encoded parent folder', at('%2e%2e/small'), 'unsafe'],
  ['with an encoded slash', at('a%2fsmall'), 'unsafe'],
  ['with a backslash', at('a\\small'), 'unsafe'],
  ['with an encoded backslash', at('a%5Csmall'), 'unsafe'],
  ['with a NUL', at('small%00'), 'unsafe'],
  ['with a line feed', at('small%0a'), 'unsafe'],
  ['encoded wrongly', at('small%zz'), 'unsafe'],
  ['in another encoding than UTF-8', at('%ff'), 'unsafe'],
  ['that is too long', at('a'.repeat(1025)), 'unsafe'],
  ['that is far too long', at('a'.repeat(10_000)), 'unsafe'],
  ['encoded twice', at('%2573mall'), { ...small, path: '%73mall' }],
  ['of a folder', at('small/'), null],
  ['of a revision alone', `/content/revisions/${REVISION}`, null],
  ['of a revision that is none', '/content/revisions/x/small', null],
  ['of a digest that is none', `/content/objects/${'F'.repeat(64)}`, null],
  ['of something else', '/content/', null],
  ['with a query', `${at('small')}?x=1`, small],
  ['with an encoded letter', at('%73mall'), small],
  ['with the dots of a flat repository', at('./small'), small],
  ['with a doubled slash', at('/small'), small],
])('an address %s', (_, target, expected) => {
  expect(readContentAddress(target)).toEqual(expected);
});
