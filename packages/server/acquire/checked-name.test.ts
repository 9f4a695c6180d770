import { expect, test } from 'vitest';
import { checkedName } from './checked-name.ts';

test('a name is kept without the spaces around it', () => {
  expect(checkedName(' Debian 12: main – security ')).toBe('Debian 12: main – security');
});

test.each(['', '   ', 'two\nlines', 'a\u0000b', '\u001b[2J'])('%j is no name', (text) => {
  expect(() => checkedName(text)).toThrow(expect.objectContaining({ status: 422, code: 'bad-name' }));
});
