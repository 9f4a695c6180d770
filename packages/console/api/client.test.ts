import { expect, test } from 'vitest';
import { linkTokenOf } from '../sign-in/link-token.ts';
import { affectedBy } from './live.ts';
import { queryString } from './query-string.ts';

test('what is undefined or empty is left out of the query', () => {
  expect(queryString({ search: '', state: undefined, limit: 5, security: true, name: 'a b&c' })).toBe(
    '?limit=5&security=true&name=a+b%26c',
  );
  expect(queryString({})).toBe('');
});

test('the sign-in token is read from the fragment only in its own form', () => {
  expect(linkTokenOf('#link=abc-DEF_1')).toBe('abc-DEF_1');
  expect(linkTokenOf('#abc-DEF_1')).toBe('abc-DEF_1');
  expect(linkTokenOf('#link=')).toBeUndefined();
  expect(linkTokenOf('#other=abc')).toBeUndefined();
  expect(linkTokenOf('')).toBeUndefined();
});

test('after missed events everything is fetched again: the empty key matches all', () => {
  expect(affectedBy({ kind: 'resync' })).toEqual([[]]);
});

test('assessing anew renews lists, single vulnerabilities, risk, gaps, the next patches and exceptions', () => {
  const renewed = affectedBy({ kind: 'vulnerabilities-changed' }).map(([first]) => first);
  expect(renewed).toEqual(['vulnerabilities', 'risk', 'gaps', 'next-patches', 'exceptions']);
  expect(affectedBy({ kind: 'feed-changed', feed: 'kev' })).toEqual([['feeds']]);
});
