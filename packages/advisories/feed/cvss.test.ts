import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cvssScore } from './cvss.ts';

describe('a CVSS vector has the score that its specification gives', () => {
  it.each([
    // Examples of FIRST's specifications and calculators.
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', '3.1', 9.8],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N', '3.1', 6.1],
    ['CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N', '3.0', 3.1],
    ['CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N', '3.1', 0],
    ['AV:N/AC:L/Au:N/C:N/I:N/A:C', '2.0', 7.8],
    ['CVSS:2.0/AV:L/AC:H/Au:N/C:C/I:C/A:C', '2.0', 6.2],
    ['(AV:N/AC:L/Au:N/C:C/I:C/A:C)', '2.0', 10],
    ['CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N', '4.0', 9.3],
  ])('%s has %s %d', (vector, version, score) => {
    expect(cvssScore(vector, 'nvd')).toEqual({ vector, version, score, source: 'nvd' });
  });

  it.each([
    ['temporal and environmental metrics', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O/RC:C/MAV:L', 9.8],
    ['threat metrics', 'CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:U', 9.3],
  ])('%s do not change the base score', (_, vector, score) => {
    expect(cvssScore(vector, 'x')?.score).toBe(score);
  });
});

describe('what is no whole vector has no score', () => {
  it.each([
    ['a missing metric', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H'],
    ['an unknown value', 'CVSS:3.1/AV:Q/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['an unknown metric', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/XX:L'],
    ['a repeated metric', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/AV:L'],
    ['an undefined base metric', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X'],
    ['metrics of another version', 'CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['an empty metric', 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/'],
    ['a metric written in full', 'CVSS:3.1/Attack Vector:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['a value written in full', 'CVSS:3.1/AV:Network/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H'],
    ['names of a prototype', 'CVSS:3.1/__proto__:x/constructor:y'],
  ])('%s', (_, vector) => {
    expect(cvssScore(vector, 'x')).toMatchObject({ vector, score: null });
  });

  it('a text that names no version is no vector', () => {
    for (const text of ['', 'High', '9.8', 'CVSS:5.0/AV:N', 'CVSS:3.1', `CVSS:3.1/${'A'.repeat(600)}`])
      expect(cvssScore(text, 'x')).toBeNull();
  });

  it('no text throws', () => {
    const metric = fc.constantFrom(
      'AV:N',
      'AC:L',
      'Au:N',
      'PR:N',
      'UI:N',
      'S:U',
      'C:H',
      'I:H',
      'A:H',
      '::',
      'E:',
      'toString:N',
    );
    const prefix = fc.constantFrom('', 'CVSS:2.0/', 'CVSS:3.0/', 'CVSS:3.1/', 'CVSS:4.0/', 'AV:N/AC:L/Au:');
    const vector = fc
      .tuple(prefix, fc.array(fc.oneof(metric, fc.string())))
      .map(([head, parts]) => head + parts.join('/'));
    fc.assert(
      fc.property(vector, (text) => {
        const score = cvssScore(text, 'x')?.score ?? null;
        expect(score === null || (score >= 0 && score <= 10)).toBe(true);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
