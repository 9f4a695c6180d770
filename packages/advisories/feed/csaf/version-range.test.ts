import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVersionRange } from './version-range.ts';

const shown = (text: string, product = ''): unknown => {
  const range = parseVersionRange(text, product);
  if (range.kind !== 'some') return range.kind;
  const intervals = range.intervals.map(
    ({ introduced, fixed, lastAffected }) =>
      `${introduced ?? ''}…${fixed === null ? '' : `<${fixed}`}${lastAffected === null ? '' : `<=${lastAffected}`}`,
  );
  return [...intervals, ...range.versions, ...range.except.map((version) => `!${version}`)].join(' ');
};

describe('parseVersionRange', () => {
  it.each([
    ['vers:all/*', 'all'],
    ['All versions', 'all'],
    ['*', 'all'],
    ['vers:all/<V3.1.4', '…<V3.1.4'],
    ['vers:generic/>=1.0|<2.0', '1.0…<2.0'],
    ['vers:generic/>=1.0|<=1.4|>=2.0|<2.3', '1.0…<=1.4 2.0…<2.3'],
    ['vers:unknown/15.0.1.13010-1', '15.0.1.13010-1'],
    ['vers:generic/>1.0|<2.0', '1.0…<2.0 !1.0'],
    ['vers:generic/1.0%2B1', '1.0+1'],
    ['< V5.3', '…<V5.3'],
    ['<=1.4.0', '…<=1.4.0'],
    ['0 < 9.8.12', '…<9.8.12'],
    ['1.0 <= 2.0', '1.0…<=2.0'],
    ['>=1.0, <2.0', '1.0…<2.0'],
    ['<12.0.4 IF2', '…<12.0.4 IF2'],
    ['1.4 and prior', '…<=1.4'],
    ['2.1.3 and earlier versions', '…<=2.1.3'],
    ['versions prior to 3.0', '…<3.0'],
    ['3.0 through 3.4', '3.0…<=3.4'],
    ['7.2 all versions', '7.2…<7.3'],
    ['7.0.6 and above', '7.0.6…'],
    ['Version v1.0', 'v1.0'],
    ['12.2(55)SE13', '12.2(55)SE13'],
  ])('%s is %s', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });

  it.each([
    ['FortiOS/>=7.4.0|<=7.4.7', 'FortiOS', '7.4.0…<=7.4.7'],
    ['FortiOS/ 7.6 all versions', 'FortiOS', '7.6…<7.7'],
    ['vers:generic/PAN-OS<11.0.2', 'PAN-OS', '…<11.0.2'],
    ['FortiNAC-F/ all versions', 'FortiNAC-F', 'all'],
  ])('leaves the product off: %s', (text, product, expected) => {
    expect(shown(text, product)).toBe(expected);
  });

  it.each([
    'All versions with Fortinet NGFW',
    'All versions with Nozomi Guardian / CMC before V22.6.3 or 23.1.0',
    '>= 1.0 | >= 2.4',
    'Warehouse <5.1.0',
    'the latest',
    '1.0 or 2.0',
    'see advisory',
    '<',
    `<${'1'.repeat(300)}`,
  ])('does not guess what is meant by %s', (text) => {
    expect(shown(text)).toBe('unreadable');
  });

  it('takes no end of a release line for a repair', () => {
    expect(parseVersionRange('7.2 all versions', '')).toMatchObject({ endsWithRepair: false });
    expect(parseVersionRange('<7.2', '')).toMatchObject({ endsWithRepair: true });
  });

  it('never throws, and keeps what it can not read', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        const range = parseVersionRange(text, '');
        if (range.kind === 'unreadable') expect(range.text).toBe(text);
      }),
    );
  });
});
