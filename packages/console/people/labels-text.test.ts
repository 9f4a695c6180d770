import { expect, test } from 'vitest';
import { readLabels, writeLabels } from './labels-text.ts';

test('labels are written as they are read', () => {
  expect(readLabels(' role=web , site = bern ')).toEqual({ role: 'web', site: 'bern' });
  expect(writeLabels({ role: 'web', site: 'bern' })).toBe('role=web, site=bern');
});

test('nothing means all endpoints; what can’t be read never does', () => {
  expect(readLabels('  ')).toBeNull();
  for (const text of ['role', 'role=', '=web', ',', 'role=web,', 'role=web, role=mail', 'a=b=c'])
    expect(readLabels(text), text).toBeUndefined();
});
