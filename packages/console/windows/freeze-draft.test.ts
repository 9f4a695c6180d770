import { expect, test } from 'vitest';
import { freezeOf, NO_FREEZE, problemsOf } from './freeze-draft.ts';

test('nothing given but a reason freezes the whole fleet until somebody ends it', () => {
  expect(freezeOf({ ...NO_FREEZE, reason: ' fair ' })).toEqual({ reason: 'fair' });
});

test('what is given narrows the scope', () => {
  expect(
    freezeOf({
      ...NO_FREEZE,
      reason: 'fair',
      labels: ['role=web', 'role=db'],
      sites: ['fra'],
      until: '2999-01-01T10:00',
    }),
  ).toEqual({
    reason: 'fair',
    scope: { labels: { role: ['web', 'db'] }, sites: ['fra'] },
    endsAt: new Date('2999-01-01T10:00').toISOString(),
  });
});

test.each([
  [{ labels: ['web'] }, ['labels']],
  [{ labels: ['role=web'] }, []],
  [{ from: '2999-02-01T10:00', until: '2999-01-01T10:00' }, ['until']],
  [{ until: '2020-01-01T10:00' }, ['until']],
  [{ from: '2999-01-01T10:00', until: '2999-02-01T10:00' }, []],
])('%j has problems in %j', (changes, fields) => {
  expect(Object.keys(problemsOf({ ...NO_FREEZE, ...changes }))).toEqual(fields);
});
