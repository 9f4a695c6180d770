import { expect, test } from 'vitest';
import { reasonGroups } from './reason-groups.ts';

test('names with the same reason stand together, and no name is lost', () => {
  const items = [
    { name: 'jq', why: 'gone' },
    { name: 'tzdata', why: 'phased' },
    { name: 'curl', why: 'gone' },
  ];
  expect(reasonGroups(items)).toEqual([
    { why: 'gone', names: ['jq', 'curl'] },
    { why: 'phased', names: ['tzdata'] },
  ]);
});
