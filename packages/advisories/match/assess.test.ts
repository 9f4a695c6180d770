import { describe, expect, it } from 'vitest';
import type { Claim } from '../model/index.ts';
import { assess } from './assess.ts';
import { brief, judge, outcome } from './testing/judging.ts';
import { between, fixedIn, FRESH, library, record, rpm, rpmFixedIn, software } from './testing/records.ts';

describe('a claim with a fixed version', () => {
  it.each([
    ['before it is affected', '1.0-1', '1.0-2', 'affected below-fixed 1.0-1<1.0-2'],
    ['the fixed version itself is not', '1.0-2', '1.0-2', 'not-affected at-or-above-fixed 1.0-2=1.0-2'],
    ['nor a later one', '1.0-10', '1.0-2', 'not-affected at-or-above-fixed 1.0-10>1.0-2'],
    [
      'an epoch is part of the version: 1:0.9 is later than 2.0',
      '1:0.9-1',
      '2.0-1',
      'not-affected at-or-above-fixed 1:0.9-1>2.0-1',
    ],
    ['and on the other side', '2.0-1', '1:0.9-1', 'affected below-fixed 2.0-1<1:0.9-1'],
    [
      'a backported repair counts, whatever upstream number it has',
      '1.0-1+deb12u3',
      '1.0-1+deb12u2',
      'not-affected at-or-above-fixed 1.0-1+deb12u3>1.0-1+deb12u2',
    ],
  ])('%s', (_rule, installed, fixed, expected) => {
    const subject = software({ version: installed, source: { name: 'example', version: installed } });
    expect(brief(judge(subject, record(fixedIn(fixed))))).toEqual([expected]);
  });

  it("compares the source's version where it speaks of sources", () => {
    const subject = software({ version: '1:9.9-1', source: { name: 'example', version: '1.0-1' } });
    expect(brief(judge(subject, record(fixedIn('1.0-2'))))).toEqual(['affected below-fixed 1.0-1<1.0-2']);
  });

  it('offers the repair of the branch that is installed', () => {
    const subject = library('npm', 'npm', 'example', '2.0.5');
    const claim = {
      namespace: 'npm',
      nameKind: 'binary',
      scheme: 'npm',
      intervals: between('0', '1.2.3', '2.0.0', '2.1.0', '3.0.0', '3.0.1'),
      fix: { state: 'fixed', version: '3.0.1' },
    } as const;
    expect(judge(subject, record(claim)).verdicts[0]?.fix).toEqual({ state: 'fixed', version: '2.1.0' });
  });
});

describe('intervals and lists, as the OSV schema evaluates them', () => {
  const claimed = (given: Partial<Claim>) =>
    ({ namespace: 'pypi', nameKind: 'binary', scheme: 'pep440', ...given }) as const;
  it.each([
    [
      'inside a later interval',
      '2.5',
      { intervals: between('1.0', '1.5', '2.0', '2.6') },
      'affected below-fixed 2.5<2.6',
    ],
    [
      'between two intervals',
      '1.7',
      { intervals: between('1.0', '1.5', '2.0', '2.6') },
      'not-affected at-or-above-fixed 1.7>1.5',
    ],
    ['before the first', '0.9', { intervals: between('1.0', '1.5') }, 'not-affected outside-intervals 0.9<1.0'],
    ['at the start', '1.0', { intervals: between('1.0', '1.5') }, 'affected below-fixed 1.0<1.5'],
    ['without an end', '9', { intervals: between('1.0') }, 'affected in-interval 9>1.0'],
    [
      'at the last affected version',
      '1.4',
      { intervals: [{ introduced: null, fixed: null, lastAffected: '1.4' }] },
      'affected in-interval 1.4=1.4',
    ],
    [
      'after the last affected version',
      '1.4.1',
      { intervals: [{ introduced: null, fixed: null, lastAffected: '1.4' }] },
      'not-affected outside-intervals 1.4.1>1.4',
    ],
    [
      'listed, though no interval holds it',
      '3.0',
      { intervals: between('1.0', '1.5'), versions: ['3.0'] },
      'affected listed 3.0=3.0',
    ],
    ['listed under another spelling', '1.0', { versions: ['1.0.0'] }, 'affected listed 1.0=1.0'],
    ['not listed', '1.1', { versions: ['1.0.0', '1.2'] }, 'not-affected not-listed 1.1'],
    [
      'a pre-release is before its release',
      '1.5rc1',
      { intervals: between('1.0', '1.5') },
      'affected below-fixed 1.5rc1<1.5',
    ],
    ['no interval and no list: every version', '7', {}, 'affected every-version 7'],
  ] as const)('%s', (_rule, version, given, expected) => {
    const claim = claimed(given as Partial<Claim>);
    expect(brief(judge(library('pypi', 'pep440', 'example', version), record(claim)))).toEqual([expected]);
  });
});

describe("what can't be compared", () => {
  it('makes the verdict unknown and a gap, and is not dropped', () => {
    const assessment = judge(software(), record(fixedIn('none_of_your_business')));
    expect(brief(assessment)).toEqual(['unknown in-interval 1.0-1none_of_your_business']);
    expect(assessment.gaps).toEqual([
      {
        reason: 'not-comparable',
        why: '1.0-1 and none_of_your_business have no order as deb versions',
        vulnerability: 'CVE-2024-0001',
        records: ['DSA-1-1'],
      },
    ]);
  });

  it('is no matter where another end decides', () => {
    const intervals = [{ introduced: '???', fixed: '0.5-1', lastAffected: null }];
    expect(outcome(judge(software(), record({ intervals })))).toBe('not-affected');
  });

  it('an installed version that is none is a gap of the whole package', () => {
    const subject = software({ version: 'unknown!', source: { name: 'example', version: 'unknown!' } });
    const assessment = judge(subject, record(fixedIn('1.0-2')));
    expect(assessment.gaps.map(({ reason, vulnerability }) => [reason, vulnerability])).toEqual([
      ['unparsable-version', null],
      ['not-comparable', 'CVE-2024-0001'],
    ]);
    expect(outcome(assessment)).toBe('unknown');
  });

  it('a scheme that nobody knows compares nothing', () => {
    expect(outcome(judge(software(), record({ ...fixedIn('1.0-2'), scheme: '__proto__' })))).toBe('unknown');
  });
});

describe('what beats what', () => {
  const unaffected = record({ status: 'unaffected' }, { name: 'tracker' });
  it('a statement about this release beats one about the whole distribution', () => {
    const wide = record({ namespace: 'debian', ...fixedIn('2.0-1') }, { name: 'wide' });
    expect(outcome(judge(software(), wide))).toBe('affected');
    expect(brief(judge(software(), wide, unaffected))).toEqual([
      'not-affected (below-fixed 1.0-1<2.0-1) stated-unaffected 1.0-1',
    ]);
    expect(outcome(judge(software(), wide, record(fixedIn('1.0-1'))))).toBe('not-affected');
  });

  it('among equals affected wins: a second update for the same vulnerability is needed too', () => {
    const assessment = judge(
      software(),
      record(fixedIn('1.0-1'), { name: 'DSA-1-1' }),
      record(fixedIn('1.0-3'), { name: 'DSA-1-2' }),
    );
    expect(brief(assessment)).toEqual(['affected (at-or-above-fixed 1.0-1=1.0-1) below-fixed 1.0-1<1.0-3']);
    expect(assessment.verdicts[0]?.fix).toEqual({ state: 'fixed', version: '1.0-3' });
  });

  it('of two updates the later one repairs', () => {
    const assessment = judge(software(), record(fixedIn('1.0-10')), record(fixedIn('1.0-9')));
    expect(assessment.verdicts[0]?.fix.version).toBe('1.0-10');
  });

  it('unknown does not become safe by a wider statement', () => {
    const wide = record({ namespace: 'debian', ...fixedIn('0.5-1') });
    expect(outcome(judge(software(), record({ status: 'under-investigation' }), wide))).toBe('unknown');
  });

  it('a statement that other versions are unaffected says nothing of this one', () => {
    const silent = record({ status: 'unaffected', intervals: between('2.0-1') });
    const alone = judge(software(), silent);
    expect(brief(alone)).toEqual(['unknown outside-intervals 1.0-1<2.0-1']);
    expect(alone.gaps[0]?.reason).toBe('not-comparable');
    expect(outcome(judge(software(), silent, record(fixedIn('1.0-1'))))).toBe('not-affected');
    expect(outcome(judge(software(), silent, record(fixedIn('1.0-2'))))).toBe('affected');
  });

  it('a withdrawn record is shown and decides nothing', () => {
    expect(brief(judge(software(), record(fixedIn('9'), { withdrawn: '2026-01-01T00:00:00.000Z' })))).toEqual([
      'not-affected withdrawn 1.0-1',
    ]);
  });
});

describe('statements about one version and about none', () => {
  it('a version that is named as unaffected is taken out of a range of the same record', () => {
    const range = record({ intervals: [{ introduced: '1.0-1', fixed: '2.0-1', lastAffected: null }] });
    const named = record({ status: 'unaffected', versions: ['1.0-1'] });
    expect(outcome(judge(software(), range, named))).toBe('not-affected');
    const next = software({ version: '1.0-2', source: { name: 'example', version: '1.0-2' } });
    expect(outcome(judge(next, range, named))).toBe('affected');
  });

  it('the end of a range repairs nothing where its record says that nothing is repaired', () => {
    const claim = { intervals: [{ introduced: null, fixed: '2.0-1', lastAffected: null }] };
    const open = judge(software(), record({ ...claim, fix: { state: 'unknown', version: null } }));
    expect(open.verdicts[0]?.fix).toEqual({ state: 'unknown', version: null });
    const fixed = judge(software(), record({ ...claim, fix: { state: 'fixed', version: '2.0-1' } }));
    expect(fixed.verdicts[0]?.fix).toEqual({ state: 'fixed', version: '2.0-1' });
  });
});

describe("a publisher's word", () => {
  it.each([
    ['wont-fix', 'ignored'],
    ['deferred', 'no-dsa'],
    ['end-of-life', 'end-of-life'],
    ['none', 'unimportant'],
  ] as const)('%s stays with the verdict: %s', (state, vendorStatus) => {
    const { verdicts } = judge(software(), record({ fix: { state, version: null }, vendorStatus, severity: 'low' }));
    expect(verdicts[0]).toMatchObject({
      outcome: 'affected',
      fix: { state, version: null },
      vendorStatus,
      severity: 'low',
    });
  });

  it('that it is still looking is unknown, with a gap', () => {
    const { verdicts, gaps } = judge(
      software(),
      record({ status: 'under-investigation', vendorStatus: 'undetermined' }),
    );
    expect(verdicts[0]).toMatchObject({ outcome: 'unknown', vendorStatus: 'undetermined' });
    expect(gaps[0]).toMatchObject({ reason: 'under-investigation', vulnerability: 'CVE-2024-0001' });
  });
});

describe('architectures', () => {
  it.each([
    ['x86_64', ['amd64'], 'affected'],
    ['x86_64', ['aarch64', 's390x'], 'not-affected'],
    ['noarch', ['s390x'], 'affected'],
    ['x86_64', ['src'], 'affected'],
    [null, ['s390x'], 'affected'],
  ])('%s under a claim for %s', (installed, claimed, expected) => {
    const subject = rpm({ architecture: installed });
    expect(outcome(judge(subject, record(rpmFixedIn('2', { architectures: claimed }))))).toBe(expected);
  });
});

describe('a claim that needs a second product', () => {
  const requires = [[{ cpe: 'cpe:2.3:h:cisco:asr1001:-:*:*:*:*:*:*:*', intervals: [] }]];
  const subject = library('cpe', 'generic', 'cisco:ios_xe', '16.1');
  const claim = record({
    namespace: 'cpe',
    nameKind: 'product',
    name: 'cisco:ios_xe',
    scheme: 'generic',
    ...fixedIn('17.1'),
    requires,
  });
  it.each([
    [true, 'affected'],
    [false, 'not-affected'],
    [null, 'unknown'],
  ])('that is there: %s', (there, expected) => {
    const assessment = assess(subject, [claim], { fresh: FRESH, holds: () => there });
    expect(outcome(assessment)).toBe(expected);
    expect(assessment.gaps.map(({ reason }) => reason)).toEqual(there === null ? ['requirement-unknown'] : []);
  });
});

describe('names of vulnerabilities', () => {
  it('records that know each other by a second name make one verdict', () => {
    const subject = library('pypi', 'pep440', 'example', '1.0');
    const claim = { namespace: 'pypi', nameKind: 'binary', scheme: 'pep440' } as const;
    const { verdicts } = judge(
      subject,
      record(
        { ...claim, ...fixedIn('2.0') },
        { vulnerability: 'CVE-2024-0007', name: 'GHSA-aaaa-bbbb-cccc', aliases: ['CVE-2024-0007'] },
      ),
      record(
        { ...claim, ...fixedIn('2.1') },
        { vulnerability: 'GHSA-aaaa-bbbb-cccc', name: 'PYSEC-2024-1', aliases: ['GHSA-aaaa-bbbb-cccc'] },
      ),
    );
    expect(verdicts.map(({ vulnerability, evidence, fix }) => [vulnerability, evidence.length, fix.version])).toEqual([
      ['CVE-2024-0007', 2, '2.1'],
    ]);
  });

  it('a record about several vulnerabilities merges none of them', () => {
    const several = record(fixedIn('2'), { vulnerability: 'CVE-2024-1', aliases: ['CVE-2024-2', 'CVE-2024-1'] });
    const both = { ...several, advisory: { ...several.advisory, vulnerabilities: ['CVE-2024-1', 'CVE-2024-2'] } };
    expect(judge(software(), both).verdicts.map(({ vulnerability }) => vulnerability)).toEqual([
      'CVE-2024-1',
      'CVE-2024-2',
    ]);
  });

  it("a claim can be about some of its record's vulnerabilities", () => {
    const one = record({ ...fixedIn('2'), vulnerabilities: ['CVE-2024-2'] }, { vulnerability: 'CVE-2024-1' });
    expect(judge(software(), one).verdicts.map(({ vulnerability }) => vulnerability)).toEqual(['CVE-2024-2']);
  });
});

describe("software that can't be assessed", () => {
  it("a third party's package gets no verdict of the distribution, and says so", () => {
    const subject = software({ origin: 'third-party', originName: 'Docker' });
    const { verdicts, dismissed, gaps } = judge(subject, record(fixedIn('9')));
    expect([verdicts, dismissed]).toEqual([[], []]);
    expect(gaps).toMatchObject([{ reason: 'third-party-origin', vulnerability: null, records: ['DSA-1-1'] }]);
    expect(gaps[0]?.why).toContain('Docker');
  });

  it.each([
    [{ advisories: 'none' }, 'no-advisories'],
    [{ advisories: 'stale', why: 'last read in May' }, 'stale-advisories'],
    [{ advisories: 'unsupported' }, 'unsupported-distribution'],
    [{ support: 'ended' }, 'release-out-of-support'],
    [{ support: 'limited', supportNote: 'only a few packages' }, 'release-out-of-support'],
  ] as const)('%o', (given, reason) => {
    const { gaps } = assess(software(), [], { fresh: { ...FRESH, ...given } });
    expect(gaps).toMatchObject([{ reason, vulnerability: null }]);
  });
});
