import { describe, expect, it } from 'vitest';
import { readSample, shownClaims } from '../../testing/read-sample.ts';
import { rubysec } from './index.ts';

const { advisories, faults } = await readSample(rubysec, new Date('2026-11-01T00:00:00Z'));

describe('RubySec', () => {
  it('has as affected what is neither patched nor unaffected', () => {
    const advisory = advisories.get('example/CVE-2024-6666');
    expect(shownClaims(advisory)).toEqual(['gem/example affected 1.10 <4.3.2.1, 4.4.a <5.0.1: 5.0.1']);
    expect(advisory).toMatchObject({
      name: 'CVE-2024-6666',
      aliases: ['GHSA-nnnn-pppp-qqqq'],
      vulnerabilities: ['CVE-2024-6666'],
    });
  });

  it('has every version where none was repaired', () => {
    expect(shownClaims(advisories.get('example/OSVDB-1'))).toEqual(['gem/example affected 0 …: none']);
  });

  it('leaves patch levels of MRI undecided, which are no gem versions in order', () => {
    expect(shownClaims(advisories.get('ruby/CVE-2013-7777'))).toEqual([
      'generic/ruby under-investigation all: unknown',
    ]);
    expect(faults).toEqual([
      'rubies/ruby/CVE-2013-7777.yml: ruby/CVE-2013-7777: versions not understood: ~> 1.9.3.p484',
    ]);
  });
});
