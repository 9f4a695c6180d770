import { describe, expect, it } from 'vitest';
import { brief, judge, outcome } from './testing/judging.ts';
import { fixedIn, record, rpm, rpmFixedIn, software } from './testing/records.ts';

describe('module streams', () => {
  it.each([
    ['the same stream', 'nodejs:18', 'nodejs:18', 'affected'],
    ['the same stream with version and context', 'nodejs:18:8090020240301:a75119d5', 'nodejs:18', 'affected'],
    ['another stream', 'nodejs:20', 'nodejs:18', 'not-affected'],
    ['a package outside of modules', null, 'nodejs:18', 'not-affected'],
    ['a claim outside of modules', 'nodejs:18', null, 'not-affected'],
  ])('%s', (_rule, installed, claimed, expected) => {
    const subject = rpm({ version: '1:18.1-1.el9', module: installed });
    expect(outcome(judge(subject, record(rpmFixedIn('1:18.2-1.el9', { module: claimed }))))).toBe(expected);
  });

  it("a build of a module whose stream nobody names can't be decided", () => {
    const subject = rpm({ version: '1:18.1-1.module+el9.1.0+1+abc' });
    const assessment = judge(subject, record(rpmFixedIn('1:18.2-1.module+el9.2.0+2+def', { module: 'nodejs:18' })));
    expect(brief(assessment)[0]).toMatch(/^unknown other-module/);
    expect(assessment.gaps[0]?.reason).toBe('not-comparable');
    expect(outcome(judge(subject, record(rpmFixedIn('1:18.2-1.el9'))))).toBe('not-affected');
  });
});

describe('channels and products with builds of their own', () => {
  it("Satellite's el8sat is not a later el8", () => {
    const claim = record(rpmFixedIn('1.0-2.el8sat', { namespace: 'rhel:8' }));
    expect(brief(judge(rpm({ namespace: 'rhel:8', version: '1.0-1.el8' }), claim))).toEqual([
      'not-affected other-channel 1.0-1.el8',
    ]);
  });

  it("what is a build of such a product is not assessed by the distribution's claim, and not called safe", () => {
    const assessment = judge(
      rpm({ namespace: 'rhel:8', version: '1.0-3.el8sat' }),
      record(rpmFixedIn('1.0-2.el8', { namespace: 'rhel:8' })),
    );
    expect(outcome(assessment)).toBe('unknown');
    expect(assessment.gaps[0]?.reason).toBe('not-comparable');
  });

  it("Oracle's ksplice builds raise the epoch: no repair of the regular build", () => {
    const subject = rpm({ namespace: 'ol:9', version: '2.34-28.0.1.el9' });
    const claim = record(rpmFixedIn('2:2.34-28.0.1.ksplice1.el9', { namespace: 'ol:9' }));
    expect(outcome(judge(subject, claim))).toBe('not-affected');
  });

  it("a layered product's claim is about its own packages", () => {
    const claim = record(rpmFixedIn('2:4.4-3.rhaos4.12.el8', { namespace: 'rhel:8', channel: 'openshift:4.12' }));
    expect(outcome(judge(rpm({ namespace: 'rhel:8', version: '2:4.0-1.el8' }), claim))).toBe('not-affected');
    expect(outcome(judge(rpm({ namespace: 'rhel:8', version: '2:4.4-1.rhaos4.12.el8' }), claim))).toBe('affected');
  });

  it('the main channel decides, and extended support is named as where the repair is', () => {
    const main = record({ vendorStatus: 'needed' }, { name: 'main' });
    const esm = record({ ...fixedIn('1.0-1ubuntu0.1+esm1'), channel: 'esm-infra' }, { name: 'esm' });
    const assessment = judge(software(), main, esm);
    expect(assessment.verdicts[0]).toMatchObject({
      outcome: 'affected',
      fix: { state: 'fixed', version: '1.0-1ubuntu0.1+esm1' },
      fixChannel: 'esm-infra',
      vendorStatus: 'needed',
    });
    expect(brief(judge(software(), record(fixedIn('1.0-1')), esm))[0]).toMatch(/^not-affected at-or-above-fixed/);
  });

  it('a build from extended support is judged by that channel, also where only its version shows it', () => {
    const main = record({ vendorStatus: 'needed' });
    const esm = record({ ...fixedIn('1.0-1ubuntu0.1+esm1'), channel: 'esm-infra' });
    const installed = (version: string, channel: string | null) =>
      software({ version, source: { name: 'example', version }, channel });
    expect(outcome(judge(installed('1.0-1ubuntu0.1+esm2', null), main, esm))).toBe('not-affected');
    expect(outcome(judge(installed('1.0-1ubuntu0.2', 'esm-infra'), main, esm))).toBe('not-affected');
    expect(outcome(judge(installed('1.0-1ubuntu0.2', null), main, esm))).toBe('affected');
  });

  it('a repair for an extended minor release does not repair the builds of another', () => {
    const main = record(rpmFixedIn('1.2-8.el9_4'), { name: 'main' });
    const eus = record(rpmFixedIn('1.2-3.el9_2.4', { channel: 'rhel_eus:9.2' }), { name: 'eus' });
    expect(outcome(judge(rpm({ version: '1.2-7.el9_4' }), main, eus))).toBe('affected');
    expect(outcome(judge(rpm({ version: '1.2-3.el9_2.4' }), main, eus))).toBe('not-affected');
    expect(outcome(judge(rpm({ version: '1.2-3.el9_2.3' }), main, eus))).toBe('affected');
  });
});

describe('a bug fix or enhancement', () => {
  it.each([
    ['ALBA-2020:1928', 'ALBA-2020:1928', 'not-affected no-vulnerability 1'],
    ['ELEA-2024-1234', 'ELEA-2024-1234', 'not-affected no-vulnerability 1'],
    ['SUSE-RU-2024:1-1', 'SUSE-RU-2024:1-1', 'not-affected no-vulnerability 1'],
    // It can name one all the same, and a security advisory can name none.
    ['RHBA-2024:1', 'CVE-2024-0001', 'affected below-fixed 1<2'],
    ['RHSA-2024:1', 'RHSA-2024:1', 'affected below-fixed 1<2'],
  ])('%s about %s: %s', (name, vulnerability, expected) => {
    const claim = record(rpmFixedIn('2'), { name, vulnerability });
    expect(brief(judge(rpm({ version: '1' }), claim))).toEqual([expected]);
  });
});
