import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FactOf } from '../model/index.ts';
import { decide, EXPOSURE_TABLE, SSVC_TABLE } from './decide.ts';
import type { Decision, PriorityInput } from './priority.ts';
import { prioritise } from './prioritise.ts';
import { WEIGHTS } from './weights.ts';

const QUIET: PriorityInput = {
  vulnerability: 'CVE-2024-0001',
  cvss: 5,
  cvssVector: 'CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:L',
  vendorSeverity: null,
  kev: null,
  epss: null,
  ssvc: null,
  exploit: null,
  exposure: 'running',
  assetCriticality: 'medium',
  assetExposure: 'internal',
};
const kev = (ransomware: boolean | null = null) =>
  ({
    kind: 'kev',
    vulnerability: 'CVE-2024-0001',
    addedOn: '2024-05-01',
    dueOn: null,
    ransomware,
    title: '',
    requiredAction: '',
  }) as const;
const epss = (probability: number) =>
  ({ kind: 'epss', vulnerability: 'CVE-2024-0001', probability, percentile: probability, scoredOn: null }) as const;
const ssvc = (exploitation: 'none' | 'poc' | 'active', automatable: boolean, technicalImpact: 'partial' | 'total') =>
  ({
    kind: 'ssvc',
    vulnerability: 'CVE-2024-0001',
    exploitation,
    automatable,
    technicalImpact,
    statedAt: null,
  }) as const;
const exploit = (count: number): FactOf<'exploit'> => ({
  kind: 'exploit',
  vulnerability: 'CVE-2024-0001',
  sources: [{ name: 'metasploit', count }],
  maturity: null,
  firstOn: null,
  lastOn: null,
});

describe('the arithmetic', () => {
  it('is told step by step, and the steps make the sum', () => {
    const priority = prioritise({
      ...QUIET,
      cvss: 9.8,
      kev: kev(true),
      epss: epss(0.25),
      exposure: 'listens-beyond',
      assetExposure: 'internet',
    });
    expect(priority.steps.map(({ name, value, points }) => `${name} ${value} ${points}`)).toEqual([
      'severity CVSS 9.8 34.3',
      'exploitation active 25',
      'ransomware yes 5',
      'EPSS 25.0 % 5',
      'automatable no 0',
      'runtime exposure listens-beyond 8',
      'asset exposure internet 6',
      'asset criticality medium 0',
    ]);
    expect(priority).toMatchObject({ score: 83.3, severity: 'critical', decision: 'attend' });
  });

  it('makes 100 with all that counts against it, and 0 at least', () => {
    const worst = prioritise({
      ...QUIET,
      cvss: 10,
      kev: kev(true),
      epss: epss(1),
      ssvc: ssvc('active', true, 'total'),
      exposure: 'listens-beyond',
      assetExposure: 'internet',
      assetCriticality: 'high',
    });
    expect(worst.score).toBe(100);
    expect(
      prioritise({ ...QUIET, cvss: 0, exposure: 'dormant', assetExposure: 'isolated', assetCriticality: 'low' }).score,
    ).toBe(0);
  });

  it.each([
    [{ cvss: null }, 'severity', 'nobody rated it: counted like a score of 7.0'],
    [{ cvss: null, vendorSeverity: 'Important' }, 'severity', "no CVSS score; the publisher's word counts like 8.0"],
    [{ cvss: null, vendorSeverity: 'sehr schlimm' }, 'severity', 'nobody rated it: counted like a score of 7.0'],
    [{ cvssVector: null }, 'automatable', 'nobody states it, so the worse is assumed'],
    [{ epss: null }, 'EPSS', 'no prediction: counted like 5.0 %'],
    [{ exposure: 'unknown' }, 'runtime exposure', 'the agent could not look which processes have it loaded'],
    [{ assetExposure: 'unknown' }, 'asset exposure', 'nobody has stated from where the endpoint is reachable'],
    [{ assetCriticality: 'unknown' }, 'asset criticality', 'nobody has stated how important the endpoint is'],
  ] as const)('says what is not known: %o', (given, name, why) => {
    expect(prioritise({ ...QUIET, ...given }).steps.find((step) => step.name === name)?.why).toBe(why);
  });

  it('what is not known weighs more than the middle', () => {
    for (const given of [
      { exposure: 'unknown' },
      { assetExposure: 'unknown' },
      { assetCriticality: 'unknown' },
      { cvssVector: null },
    ] as const)
      expect(prioritise({ ...QUIET, ...given }).score).toBeGreaterThan(prioritise(QUIET).score);
  });
});

describe('the decision', () => {
  const exploitations = ['none', 'poc', 'active'] as const;
  it('has one row for each combination', () => {
    const keys = SSVC_TABLE.map(({ exploitation, automatable, impact }) => `${exploitation} ${automatable} ${impact}`);
    const all = exploitations.flatMap((level) =>
      [false, true].flatMap((auto) => ['partial', 'total'].map((impact) => `${level} ${auto} ${impact}`)),
    );
    expect(keys.toSorted()).toEqual(all.toSorted());
  });

  it.each([
    // CISA's guide, table 'SSVC decision tree', rows with a known outcome.
    ['none', false, 'partial', 'high', 'track'],
    ['none', false, 'total', 'high', 'track-star'],
    ['poc', true, 'total', 'medium', 'track-star'],
    ['poc', true, 'total', 'high', 'attend'],
    ['active', false, 'total', 'medium', 'attend'],
    ['active', true, 'partial', 'low', 'attend'],
    ['active', true, 'total', 'medium', 'act'],
  ] as const)(
    '%s, automatable %s, %s impact, mission %s: %s',
    (exploitation, automatable, impact, assetCriticality, expected) => {
      const input = { ...QUIET, ssvc: ssvc(exploitation, automatable, impact), assetCriticality };
      expect(decide(input).decision).toBe(expected);
    },
  );

  it('exposure moves the mission impact by one step', () => {
    const input = { ...QUIET, ssvc: ssvc('active', true, 'total') };
    expect(decide({ ...input, exposure: 'dormant' }).decision).toBe('attend');
    expect(
      decide({ ...input, assetExposure: 'internet', exposure: 'listens-beyond', assetCriticality: 'low' }).decision,
    ).toBe('act');
  });

  it('counts what nobody knows as the worse, and says so', () => {
    const { decision, why } = decide({
      ...QUIET,
      cvssVector: null,
      kev: kev(),
      exposure: 'unknown',
      assetExposure: 'unknown',
      assetCriticality: 'unknown',
    });
    expect(decision).toBe('act');
    expect(why).toMatchInlineSnapshot(
      `"exploitation active: in CISA's catalogue of known exploited vulnerabilities since 2024-05-01; automatable: nobody states it, so the worse is assumed; technical impact total: nobody states it, so the worse is assumed; mission impact medium: criticality not stated, taken as medium, exposure controlled (where the asset is and whether the code runs and listens is not known, so the middle is assumed)"`,
    );
  });

  it.each([
    [{ exploit: exploit(2) }, 'poc'],
    [{ exploit: exploit(0) }, 'none'],
    [{ epss: epss(0.5) }, 'poc'],
    [{ epss: epss(0.49) }, 'none'],
    [{ ssvc: ssvc('none', false, 'partial'), exploit: exploit(1) }, 'poc'],
    [{ ssvc: ssvc('none', false, 'partial'), kev: kev() }, 'active'],
  ] as const)('takes the worst that any source knows: %o is %s', (given, level) => {
    expect(decide({ ...QUIET, ...given }).why).toMatch(new RegExp(`^exploitation ${level}`));
  });
});

const DECISIONS: readonly Decision[] = ['track', 'track-star', 'attend', 'act'];
const input: fc.Arbitrary<PriorityInput> = fc.record({
  vulnerability: fc.constant('CVE-2024-0001'),
  cvss: fc.option(fc.double({ min: 0, max: 10, noNaN: true }), { nil: null }),
  cvssVector: fc.constantFrom(
    null,
    'nonsense',
    'AV:N/AC:L/Au:N/C:C/I:C/A:C',
    'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
    QUIET.cvssVector,
  ),
  vendorSeverity: fc.constantFrom(null, 'low', 'Critical', '__proto__'),
  kev: fc.constantFrom(null, kev(), kev(true)),
  epss: fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(epss), { nil: null }),
  ssvc: fc.constantFrom(
    null,
    ssvc('none', false, 'partial'),
    ssvc('poc', true, 'partial'),
    ssvc('active', true, 'total'),
  ),
  exploit: fc.constantFrom(null, exploit(0), exploit(3)),
  exposure: fc.constantFrom('dormant', 'running', 'listens-on-loopback', 'listens-beyond', 'unknown'),
  assetCriticality: fc.constantFrom('low', 'medium', 'high', 'unknown'),
  assetExposure: fc.constantFrom('isolated', 'internal', 'internet', 'unknown'),
});
const notLess = (before: PriorityInput, after: PriorityInput): void => {
  const [a, b] = [prioritise(before), prioritise(after)];
  expect(b.score).toBeGreaterThanOrEqual(a.score);
  expect(DECISIONS.indexOf(b.decision)).toBeGreaterThanOrEqual(DECISIONS.indexOf(a.decision));
};

describe('worse news never makes it less urgent', () => {
  const runs = { seed: 11, numRuns: 300 };
  it('known exploitation', () => {
    fc.assert(
      fc.property(input, (given) => notLess({ ...given, kev: null }, { ...given, kev: kev() })),
      runs,
    );
    fc.assert(
      fc.property(input, (given) => notLess({ ...given, kev: kev(false) }, { ...given, kev: kev(true) })),
      runs,
    );
  });
  it('a public exploit', () => {
    fc.assert(
      fc.property(input, (given) => notLess({ ...given, exploit: null }, { ...given, exploit: exploit(1) })),
      runs,
    );
  });
  it('a higher EPSS or CVSS', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(input, share, share, (given, a, b) => {
        notLess({ ...given, epss: epss(Math.min(a, b)) }, { ...given, epss: epss(Math.max(a, b)) });
        notLess({ ...given, cvss: 10 * Math.min(a, b) }, { ...given, cvss: 10 * Math.max(a, b) });
      }),
      runs,
    );
  });
  it('a wider exposure, a more important asset', () => {
    fc.assert(
      fc.property(input, (given) => {
        const runtime = ['dormant', 'running', 'listens-on-loopback', 'listens-beyond'] as const;
        const asset = ['isolated', 'internal', 'internet'] as const;
        const importance = ['low', 'medium', 'high'] as const;
        for (const [index, exposure] of runtime.entries())
          notLess({ ...given, exposure: runtime[Math.max(0, index - 1)] ?? exposure }, { ...given, exposure });
        for (const [index, assetExposure] of asset.entries())
          notLess(
            { ...given, assetExposure: asset[Math.max(0, index - 1)] ?? assetExposure },
            { ...given, assetExposure },
          );
        for (const [index, assetCriticality] of importance.entries())
          notLess(
            { ...given, assetCriticality: importance[Math.max(0, index - 1)] ?? assetCriticality },
            { ...given, assetCriticality },
          );
      }),
      runs,
    );
  });
});

describe('docs/priorities.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/priorities.md'), 'utf8');
  const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  it('shows the weights as they are', () => {
    const { exploitation, automatable, runtime, assetExposure, assetCriticality, severityScore } = WEIGHTS;
    const rows = [
      row('severity', 'CVSS base score', `${WEIGHTS.cvssPoint} × score`),
      ...Object.entries(severityScore).map(([word, score]) =>
        row('severity', `no score, rated ${word}`, `as a score of ${score}`),
      ),
      ...Object.entries(exploitation).map(([level, points]) => row('exploitation', level, points)),
      row('ransomware', 'yes', WEIGHTS.ransomware),
      row('EPSS', 'probability p', `${WEIGHTS.epss} × √p`),
      row('EPSS', 'not scored', `as p = ${WEIGHTS.epssUnknown}`),
      ...Object.entries(automatable).map(([answer, points]) => row('automatable', answer, points)),
      ...Object.entries(runtime).map(([exposure, points]) => row('runtime exposure', exposure, points)),
      ...Object.entries(assetExposure).map(([exposure, points]) => row('asset exposure', exposure, points)),
      ...Object.entries(assetCriticality).map(([word, points]) => row('asset criticality', word, points)),
    ];
    expect(page.split('\n').filter((line) => rows.includes(line))).toEqual(rows);
  });

  it('shows the decision tables as they are', () => {
    const tree = SSVC_TABLE.map(({ exploitation, automatable, impact, decisions }) =>
      row(exploitation, automatable ? 'yes' : 'no', impact, decisions.low, decisions.medium, decisions.high),
    );
    const exposure = Object.entries(EXPOSURE_TABLE).map(([asset, cells]) =>
      row(asset, cells.dormant, cells.running, cells['listens-on-loopback'], cells['listens-beyond'], cells.unknown),
    );
    for (const line of [...tree, ...exposure]) expect(page).toContain(line);
  });
});
