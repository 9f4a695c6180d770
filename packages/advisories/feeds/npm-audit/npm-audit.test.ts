import { describe, expect, it } from 'vitest';
import { readSample, shownClaims } from '../../testing/read-sample.ts';
import { npmAudit } from './index.ts';

const { advisories, faults } = await readSample(npmAudit, new Date('2026-11-01T00:00:00Z'));

describe("npm's bulk answer", () => {
  it('has ranges of npm, with both of their ends exact', () => {
    const advisory = advisories.get('1000001');
    expect(shownClaims(advisory)).toEqual(['npm/example-merge affected 2.1.2-0 <5.0.1: 5.0.1']);
    expect(advisory).toMatchObject({
      name: 'GHSA-aaaa-bbbb-cccc',
      vulnerabilities: ['GHSA-aaaa-bbbb-cccc'],
      severity: 'high',
    });
  });

  it('says where there is no repair', () => {
    expect(shownClaims(advisories.get('1000002'))).toEqual(['npm/example-merge affected 0 ≤0.30.2: none']);
  });

  it('leaves undecided a range that is none, and drops what has no number', () => {
    expect(shownClaims(advisories.get('1000003'))).toEqual(['npm/example-odd under-investigation all: unknown']);
    expect(faults).toEqual([
      'example-odd/0: 1000003: versions not understood: soon',
      'example-odd/1: the advisory has no number',
    ]);
  });
});
