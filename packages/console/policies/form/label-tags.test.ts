import { expect, test } from 'vitest';
import { labelsOf, tagsOf } from './label-tags.ts';

test.each([
  [{ role: ['web', 'db'], tier: ['1'] }, ['role=web', 'role=db', 'tier=1']],
  [{ 'a.b/c': ['x=y'] }, ['a.b/c=x=y']],
])('%j is written as %j, and read back', (labels, tags) => {
  expect(tagsOf(labels)).toEqual(tags);
  expect(labelsOf(tags)).toEqual(labels);
});

test('one value needs no list', () => {
  expect(tagsOf({ role: 'web' })).toEqual(['role=web']);
});

test('no label at all is nothing said', () => {
  expect(labelsOf([])).toBeUndefined();
  expect(tagsOf(undefined)).toEqual([]);
  expect(tagsOf('role')).toEqual([]);
});
