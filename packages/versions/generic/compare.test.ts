import { describe, expect, it } from 'vitest';
import { compareVersions } from '../index.ts';

describe('the order of other versions', () => {
  it.each([
    ['numbers are compared as numbers', '7.4.10', '7.4.9', 1],
    ['what is not written is 0', '7.4', '7.4.0', 0],
    ['a v in front does not count', 'v2.1', '2.1', 0],
    ['OpenSSL: letters', '1.0.2k', '1.0.2', 1],
    ['OpenSSL: za follows z', '1.0.2za', '1.0.2z', 1],
    ['PAN-OS: a hotfix is newer', '9.1.14-h1', '9.1.14', 1],
    ['PAN-OS: hotfixes are numbers', '9.1.14-h12', '9.1.14-h2', 1],
    ['PAN-OS: the next release', '9.1.14-h1', '9.1.15', -1],
    ['NetScaler: builds', '12.1-55.302', '12.1-55.99', 1],
    ['NetScaler: any build of a release', '12.1-55.302', '13.0', -1],
    ['a pre-release is older', '2.0-rc1', '2.0', -1],
    ['pre-releases in their order', '2.0-beta9', '2.0-rc1', -1],
    ['pre-releases of another version', '2.0.1-rc1', '2.0', 1],
    ['a patch, however it is written', '9.3p2', '9.3_p1', 1],
    ['service packs', '2.30sp2', '2.30', 1],
    ['a word of a vendor, with itself', '1.04b02', '1.04b01', 1],
    ['IOS: rebuilds', '15.2(7)E10', '15.2(7)E3', 1],
    ['IOS: in CPE names, in lower case', '15.2(7)e3', '15.2(7)E3', 0],
    ['IOS: letters of rebuilds', '15.2(4)M6a', '15.2(4)M6', 1],
    ['IOS: maintenance', '12.2(55)SE12', '12.2(58)SE1', -1],
    ['NX-OS', '7.0(3)I7(10)', '7.0(3)I7(9)', 1],
    ['NX-OS without a train', '9.3(10)', '9.3(9)', 1],
    ['ASA: interim releases', '9.16(4)48', '9.16(4)', 1],
    ['Unified CM: service updates', '12.5(1)SU8', '12.5(1)', 1],
    ['Unified CM: builds', '11.5(1.22900.28)', '11.5(1.9)', 1],
    ['Junos: service releases', '21.4R3-S10', '21.4R3-S9', 1],
    ['Junos: releases before service releases', '21.4R2-S9', '21.4R3', -1],
    ['Junos: respins', '21.4R3.10', '21.4R3.9', 1],
    ['Junos: a service release is newer than a respin', '21.4R3.10', '21.4R3-S1', -1],
    ['Junos: platform lines', '15.1X53-D592', '15.1X53-D59', 1],
    ['dates', '20240101', '20231231', 1],
  ] as const)('%s: %s against %s is %i', (_, a, b, expected) => {
    expect(compareVersions('generic', a, b)).toBe(expected);
    expect(compareVersions('generic', b, a)).toBe(expected === 0 ? 0 : -expected);
  });

  it.each([
    ['two trains', '15.2(7)E3', '15.2(7)S3'],
    ['two trains, also of different releases', '15.2(7)E3', '15.3(1)S'],
    ['a train and the main line', '15.2(7)E3', '15.2(7)'],
    ['IOS and IOS XE', '15.2(7)E3', '16.9.1'],
    ['a build and a service update', '11.5(1.22900.28)', '11.5(1)SU3'],
    ['a build and what may be the same build', '12.1-55.302', '12.1.55.302'],
    ['a letter and what may be newer', '1.0k', '1.0.2'],
    ['a word that only its vendor knows', '1.04b01', '1.04'],
    ['two kinds of additions', '2.30sp2', '2.30p3'],
    ['Junos and Junos Evolved', '22.3R2-S1', '22.3R2-S1-EVO'],
    ['two platform lines', '15.1X53-D592', '15.1X49-D600'],
    ['a service release and a platform release', '21.4R3-S1', '21.4R3-D1'],
    ['Junos and numbers', '21.4R3', '21.4'],
    ['a date and a number', '20240101', '1.2.3'],
    ['kinds of pre-release without an order', '2.0-dev', '2.0-rc1'],
  ] as const)('has no answer for %s: %s and %s', (_, a, b) => {
    for (const [left, right] of [
      [a, b],
      [b, a],
    ] as const)
      expect(() => compareVersions('generic', left, right)).toThrow(
        expect.objectContaining({ code: 'not-comparable' }),
      );
  });

  it('refuses what it can not place', () => {
    for (const text of [
      '',
      '*',
      '-',
      'latest',
      '1.x',
      '1..2',
      '1.',
      '1.0.2K\u212A',
      '2021-12-16',
      '2.8.94-0ubuntu1.4',
      '1.0rc2-ef2',
      '1.0sp',
      '15.2(7',
      '１.0',
      '1 2',
    ])
      expect(() => compareVersions('generic', text, '1')).toThrow(
        expect.objectContaining({ code: 'not-a-version', version: text }),
      );
  });
});
