import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim, Software } from '../model/index.ts';
import { assess } from './assess.ts';
import type { ClaimRecord } from './assessment.ts';
import { prepareClaims } from './prepared-claims.ts';
import { FRESH, record, software } from './testing/records.ts';

const version = fc.constantFrom(
  '1.0-1',
  '1.0-2',
  '1.0-2+deb12u1',
  '1:0.9-1',
  '2.0~rc1-1',
  '2.0-1',
  '1.0-1.fips',
  'not a version',
  '1.0-3~bpo12+1',
);
const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: null, freq: 3 });
const claim: fc.Arbitrary<Partial<Claim>> = fc.record(
  {
    status: fc.constantFrom('affected', 'affected', 'affected', 'unaffected', 'under-investigation') as fc.Arbitrary<
      Claim['status']
    >,
    namespace: fc.constantFrom('debian:12', 'debian:12', 'debian:12', 'debian', 'debian:13'),
    nameKind: fc.constantFrom('source', 'source', 'binary') as fc.Arbitrary<Claim['nameKind']>,
    intervals: fc.array(
      fc.record({
        introduced: orNull(fc.constantFrom('0', '1.0-1')),
        fixed: orNull(version),
        lastAffected: fc.constant(null),
      }),
      { minLength: 0, maxLength: 2 },
    ),
    versions: fc.array(version, { maxLength: 1 }),
    channel: orNull(fc.constantFrom('esm-infra')),
    module: orNull(fc.constantFrom('nodejs:18')),
    architectures: orNull(fc.constant(['arm64'])),
    vulnerabilities: fc.array(fc.constantFrom('CVE-2024-0001', 'CVE-2024-0002', 'GHSA-aaaa-bbbb-cccc'), {
      maxLength: 2,
    }),
  },
  { requiredKeys: [] },
);
/** Mostly what a distribution's list holds: one fixed version. */
const plain: fc.Arbitrary<Partial<Claim>> = version.map((fixed) => ({
  intervals: [{ introduced: null, fixed, lastAffected: null }],
  fix: { state: 'fixed', version: fixed },
}));
const advisory = fc.record({
  vulnerabilities: fc.array(fc.constantFrom('CVE-2024-0001', 'CVE-2024-0002', 'CVE-2024-0003', 'GHSA-aaaa-bbbb-cccc'), {
    maxLength: 2,
  }),
  aliases: fc.array(fc.constantFrom('CVE-2024-0001', 'GHSA-aaaa-bbbb-cccc', 'PYSEC-1'), { maxLength: 2 }),
  withdrawn: fc.option(fc.constant('2024-01-01T00:00:00.000Z'), { nil: null, freq: 8 }),
});
const records: fc.Arbitrary<readonly ClaimRecord[]> = fc.array(
  fc.tuple(fc.oneof({ weight: 3, arbitrary: plain }, claim), advisory, fc.nat(99)).map(([parts, statement, id]) => {
    const made = record(parts);
    return { ...made, advisory: { ...made.advisory, ...statement, id: `A-${id}`, name: `A-${id}` } };
  }),
  { maxLength: 12 },
);
const subject: fc.Arbitrary<Software> = fc
  .tuple(
    version,
    version,
    fc.constantFrom('distribution', 'unstated', 'third-party') as fc.Arbitrary<Software['origin']>,
  )
  .map(([own, built, origin]) => software({ version: own, source: { name: 'example', version: built }, origin }));

describe('prepared claims', () => {
  it('give the verdicts and gaps of a full assessment, whatever is claimed', () => {
    fc.assert(
      fc.property(records, subject, (claims, installed) => {
        const { dismissed: _dismissed, ...expected } = assess(installed, claims, { fresh: FRESH });
        const open = prepareClaims(claims).assess(installed, { fresh: FRESH });
        expect(normal(open)).toEqual(normal(expected));
      }),
      { seed: 7, numRuns: 5_000 },
    );
  });
});

/** The order in which records were given is no part of the meaning. */
function normal({ verdicts, gaps }: { readonly verdicts: readonly object[]; readonly gaps: readonly object[] }) {
  return {
    verdicts: sorted(verdicts.map(withSortedEvidence)),
    gaps: sorted(gaps.map((gap) => ({ ...gap, records: undefined }))),
  };
}
const sorted = (values: readonly object[]) => values.map((value) => JSON.stringify(value)).sort();
function withSortedEvidence(verdict: object): object {
  const { evidence, ...rest } = verdict as { readonly evidence: readonly object[] };
  return { ...rest, evidence: sorted(evidence) };
}
