import { expect, test } from 'vitest';
import { labelsOf, oddLabel, tagsOf } from './labels.ts';

test('labels are written as one word each, and read back', () => {
  expect(tagsOf({ role: 'web', 'a.b/c': 'x=y' })).toEqual(['role=web', 'a.b/c=x=y']);
  expect(labelsOf(['role=web', 'a.b/c=x=y'])).toEqual({ role: 'web', 'a.b/c': 'x=y' });
  expect(tagsOf(undefined)).toEqual([]);
});

test('of two values of a key the last one counts', () => {
  expect(labelsOf(['role=web', 'role = db'])).toEqual({ role: 'db' });
});

test.each([
  [['role=web'], undefined],
  [['role=web', 'web'], 'web'],
  [['Role=web'], 'Role=web'],
  [['role='], 'role='],
])('of %j, %j is no label', (tags, odd) => {
  const words = oddLabel(tags);
  if (odd === undefined) expect(words).toBeUndefined();
  else expect(words).toContain(odd);
});
