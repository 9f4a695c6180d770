import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../model/index.ts';
import type { Assessment } from './assessment.ts';
import { judge } from './testing/judging.ts';
import { record, software } from './testing/records.ts';

/** Odd on purpose: names, versions and schemes that fit or do not, prototype names, empty lists. */
const text = fc.constantFrom(
  'example',
  'other',
  '1.0-1',
  '2',
  '',
  '__proto__',
  'constructor',
  '1:2.el8sat',
  '1.module+el8',
  '\u0000',
  '9'.repeat(300),
);
const version = fc.oneof(text, fc.string({ maxLength: 12 }));
const interval = fc.record({
  introduced: fc.option(version, { nil: null }),
  fixed: fc.option(version, { nil: null }),
  lastAffected: fc.constant(null),
});
const claim: fc.Arbitrary<Partial<Claim>> = fc.record({
  vulnerabilities: fc.constantFrom<string[]>([], ['CVE-2024-2'], ['__proto__']),
  status: fc.constantFrom('affected', 'unaffected', 'under-investigation'),
  namespace: fc.constantFrom('debian:12', 'debian', 'debian:11', 'npm', '__proto__'),
  name: text,
  nameKind: fc.constantFrom('source', 'binary', 'product'),
  scheme: fc.constantFrom('deb', 'rpm', 'npm', 'nothing', '__proto__'),
  intervals: fc.array(interval, { maxLength: 3 }),
  versions: fc.array(version, { maxLength: 3 }),
  channel: fc.constantFrom(null, 'esm-infra', 'openshift:4'),
  module: fc.constantFrom(null, 'nodejs:18', ''),
  architectures: fc.constantFrom<string[] | null>(null, [], ['amd64']),
});

describe('nothing is lost', () => {
  it('every claim comes back in a verdict or a gap, whatever it holds, and none twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(claim, fc.constantFrom(null, '2026-01-01T00:00:00.000Z'))),
        version,
        fc.constantFrom('distribution', 'third-party', 'unstated'),
        (claims, installed, origin) => {
          const records = claims.map(([given, withdrawn], index) => record(given, { name: `R-${index}`, withdrawn }));
          const subject = software({ version: installed, source: { name: 'example', version: installed }, origin });
          const { verdicts, dismissed, gaps } = judge(subject, ...records);
          const evidence = [...verdicts, ...dismissed].flatMap((verdict) =>
            verdict.evidence.map(({ advisory }) => advisory.id),
          );
          const told = new Set([...evidence, ...gaps.flatMap((gap) => gap.records ?? [])]);
          expect([...told].sort()).toEqual(records.map(({ advisory }) => advisory.id).sort());
          expect(evidence.length).toBe(origin === 'third-party' ? 0 : records.length);
          for (const verdict of verdicts.filter((each) => each.outcome === 'unknown'))
            expect(gaps.some(({ vulnerability }) => vulnerability === verdict.vulnerability)).toBe(true);
          for (const verdict of [...verdicts, ...dismissed])
            expect(verdict.evidence.some(({ decides }) => decides)).toBe(true);
        },
      ),
      { seed: 7, numRuns: 500 },
    );
  });

  it('the order of the records changes no outcome', () => {
    fc.assert(
      fc.property(fc.array(claim, { maxLength: 6 }), (claims) => {
        const records = claims.map((given, index) => record(given, { name: `R-${index}` }));
        const outcomes = (assessment: Assessment) =>
          [...assessment.verdicts, ...assessment.dismissed]
            .map(({ vulnerability, outcome }) => `${vulnerability} ${outcome}`)
            .sort();
        expect(outcomes(judge(software(), ...records))).toEqual(outcomes(judge(software(), ...records.toReversed())));
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});
