import { expect, test } from 'vitest';
import { followersInWords, standingOf } from './followers-in-words.ts';

const status = (following: number, behind = 0, unheard = 0) => ({
  sequence: 2,
  keys: [],
  endpoints: { following, behind, astray: 0, unheard },
  notFollowing: [],
});
const endpoint = (sequence: number | null) => ({ endpointId: '', hostname: 'web', sequence });

test.each([
  [status(0), 'There is no endpoint yet.'],
  [status(1), '1 endpoint of 1 follows the newest list, number 2.'],
  [
    status(2, 1, 3),
    '2 endpoints of 6 follow the newest list, number 2. 1 endpoint will with the next check-in. 3 endpoints did not say yet which list they have.',
  ],
])('it is told who follows, and why others do not', (given, expected) => {
  expect(followersInWords(given)).toBe(expected);
});

test.each([
  [null, 'did not say yet'],
  [1, 'has list 1'],
  [3, 'has a list 3 that this server did not make'],
])('an endpoint that does not follow, with list %s, %s', (held, expected) => {
  expect(standingOf(endpoint(held), 2)).toBe(expected);
});
