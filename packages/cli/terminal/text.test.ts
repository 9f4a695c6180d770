import { describe, expect, it } from 'vitest';
import { makeColour } from './colour.ts';
import { displayWidth, padEnd, padStart, printable, truncate, wrap } from './text.ts';

describe('printable', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', '?[31mred?[0m'],
    ['a\u0007b\rc\nd', 'a?b?c?d'],
    ['\u009b1;1H', '?1;1H'],
    ['left\u202etxet', 'left?txet'],
    ['zero\u200bwidth', 'zero?width'],
    ['größer → 中', 'größer → 中'],
  ])('takes from %j what could move a cursor or turn text around', (hostile, safe) => {
    expect(printable(hostile)).toBe(safe);
  });
});

describe('width', () => {
  it('does not count our own colours, and counts wide characters twice', () => {
    expect(displayWidth(makeColour(true).bad('four'))).toBe(4);
    expect(displayWidth('中文')).toBe(4);
  });

  it('pads to columns, whatever the colours', () => {
    expect(padEnd(makeColour(true).good('ok'), 4)).toBe('\u001b[32mok\u001b[39m  ');
    expect(padStart('7', 3)).toBe('  7');
    expect(padEnd('longer', 3)).toBe('longer');
  });

  it.each([
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 4, 'abc…'],
    ['中文字', 4, '中…'],
  ])('cuts %j to %d columns', (text, width, expected) => {
    expect(truncate(text, width)).toBe(expected);
    expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
  });
});

describe('wrap', () => {
  it('breaks between words, and lets a word that is too long stand alone', () => {
    expect(wrap('one two three', 9, '  ')).toBe('  one two\n  three');
    expect(wrap('a unbreakable b', 5)).toBe('a\nunbreakable\nb');
    expect(wrap('   ', 10)).toBe('');
  });
});
