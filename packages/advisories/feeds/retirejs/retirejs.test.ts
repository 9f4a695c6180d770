import { describe, expect, it } from 'vitest';
import { readSample, shownClaims } from '../../testing/read-sample.ts';
import { retirejs } from './index.ts';

const { advisories, faults } = await readSample(retirejs, new Date('2026-11-01T00:00:00Z'));
const claims = [...advisories.values()].map(shownClaims);

describe('Retire.js', () => {
  it('claims about the npm package where it names one, else about its own name', () => {
    expect(claims).toEqual([
      ['npm/example affected 0 <1.9.0-b1: 1.9.0-b1'],
      ['npm/example affected 2.0.0 <3.5.0: 3.5.0'],
      ['npm/example affected 0 <4.0.0: 4.0.0', 'npm/example unaffected all: unknown'],
      ['retirejs/other lib under-investigation all: unknown'],
    ]);
  });

  it('keeps single versions that are not affected as such', () => {
    expect([...advisories.values()][2]?.claims[1]).toMatchObject({ status: 'unaffected', versions: ['3.9.9'] });
  });

  it('counts what it can not read', () => {
    expect(faults).toEqual([
      'other lib/0: to later are no versions',
      'broken: the component has no list of vulnerabilities',
    ]);
  });
});
