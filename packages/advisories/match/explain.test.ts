import { describe, expect, it } from 'vitest';
import type { FactBody } from '../model/index.ts';
import { assess } from './assess.ts';
import { explain, type Explanation } from './explain.ts';
import type { ClaimRecord } from './assessment.ts';
import type { Software } from '../model/index.ts';
import { fixedIn, FRESH, record, rpm, rpmFixedIn, software } from './testing/records.ts';

interface Given {
  readonly facts?: readonly FactBody[];
  readonly derivedFrom?: string;
  readonly vulnerability?: string;
}

function explained(subject: Software, records: readonly ClaimRecord[], given: Given = {}): Explanation {
  return explain({
    assessment: assess(subject, records, { fresh: FRESH }),
    vulnerability: given.vulnerability ?? 'CVE-2024-0001',
    asOf: '2026-11-01T00:00:00.000Z',
    facts: given.facts ?? [],
    derivedFrom: given.derivedFrom ?? null,
  });
}

const KERNEL = software({
  name: 'linux-image-6.1.0-37-amd64',
  version: '6.1.140-1',
  source: { name: 'linux-signed-amd64', version: '6.1.140+1' },
});

describe('an explanation', () => {
  it('of a backported repair shows that the version was compared, not the upstream number', () => {
    const subject = software({
      name: 'libssl3',
      version: '3.0.16-1~deb12u1',
      source: { name: 'openssl', version: '3.0.16-1~deb12u1' },
    });
    const dsa = record({ name: 'openssl', ...fixedIn('3.0.15-1~deb12u1') }, { name: 'DSA-5780-1' });
    const upstream = record(
      { namespace: 'debian', name: 'openssl', ...fixedIn('3.3.2-1') },
      { name: 'CVE-2024-0001', feed: 'debian-tracker' },
    );
    expect(explained(subject, [upstream, dsa]).text).toMatchInlineSnapshot(`
      "CVE-2024-0001 in libssl3 3.0.16-1~deb12u1 (debian:12)
        Installed     libssl3 3.0.16-1~deb12u1 (amd64), built from source openssl 3.0.16-1~deb12u1, from Debian
        Held against  advisories of debian:12
        Record        CVE-2024-0001 (feed debian-tracker, record CVE-2024-0001, SHA-256 abababababababab…): source package openssl of debian is affected until 3.3.2-1, which repairs it: 3.0.16-1~deb12u1 < 3.3.2-1 in the deb order → affected [rule below-fixed] [does not decide]
        Record        DSA-5780-1 (feed debian-lists, record DSA-5780-1, SHA-256 abababababababab…): source package openssl of debian:12 is repaired in 3.0.15-1~deb12u1: 3.0.16-1~deb12u1 > 3.0.15-1~deb12u1 in the deb order → not affected [rule at-or-above-fixed]
        Conclusion    not affected
        As of         2026-11-01T00:00:00.000Z
      "
    `);
  });

  it('of a kernel says why a source of another name was compared', () => {
    const facts: FactBody[] = [
      {
        kind: 'kev',
        vulnerability: 'CVE-2024-0001',
        addedOn: '2026-10-01',
        dueOn: '2026-10-22',
        ransomware: null,
        title: '',
        requiredAction: '',
      },
      { kind: 'epss', vulnerability: 'CVE-2024-0001', probability: 0.123, percentile: 0.9, scoredOn: '2026-10-31' },
      { kind: 'epss', vulnerability: 'CVE-2024-9999', probability: 1, percentile: 1, scoredOn: null },
    ];
    const dsa = record({ name: 'linux', ...fixedIn('6.1.147-1') }, { name: 'DSA-5973-1' });
    expect(explained(KERNEL, [dsa], { facts }).text).toMatchInlineSnapshot(`
      "CVE-2024-0001 in linux-image-6.1.0-37-amd64 6.1.140-1 (debian:12)
        Installed     linux-image-6.1.0-37-amd64 6.1.140-1 (amd64), built from source linux-signed-amd64 6.1.140+1, from Debian
        Held against  advisories of debian:12
        Held against  linux-signed-amd64 6.1.140+1 is the signed build of linux 6.1.140-1, under which advisories speak of it
        Record        DSA-5973-1 (feed debian-lists, record DSA-5973-1, SHA-256 abababababababab…): source package linux of debian:12 is affected until 6.1.147-1, which repairs it: 6.1.140-1 < 6.1.147-1 in the deb order → affected [rule below-fixed]
        Conclusion    affected
        Repair        6.1.147-1 repairs it (DSA-5973-1)
        Known         known to be exploited since 2026-10-01, to be repaired by 2026-10-22 (CISA KEV)
        Known         probability of exploitation within 30 days 12.3 % (EPSS of 2026-10-31)
        As of         2026-11-01T00:00:00.000Z
      "
    `);
  });

  it("of a third party's package is a gap", () => {
    const subject = software({
      name: 'docker-ce',
      version: '5:27.3.1-1~debian.12~bookworm',
      source: null,
      origin: 'third-party',
      originName: 'Docker',
    });
    expect(explained(subject, []).text).toMatchInlineSnapshot(`
      "CVE-2024-0001 in docker-ce 5:27.3.1-1~debian.12~bookworm (debian:12)
        Installed     docker-ce 5:27.3.1-1~debian.12~bookworm (amd64), from Docker
        Conclusion    not known: this software could not be assessed, see the gaps
        Gap           third-party-origin: docker-ce 5:27.3.1-1~debian.12~bookworm comes from Docker, not the distribution: the advisories of debian:12 say nothing about it, and no feed for that publisher is read. Follow its own announcements
        As of         2026-11-01T00:00:00.000Z
      "
    `);
  });

  it('tells undecided, outweighed and foreign records apart, and what a derivative means', () => {
    const subject = rpm({ version: '1:18.1-1.module+el9.1.0+1+abc', channel: null });
    const text = explained(
      subject,
      [
        record(rpmFixedIn('1:18.2-1.module+el9.2.0+2+def', { module: 'nodejs:18' }), { name: 'RHSA-1' }),
        record(rpmFixedIn('1:20.2-1.el9', { architectures: ['s390x'] }), { name: 'RHSA-2' }),
      ],
      { derivedFrom: 'CentOS rebuilds it' },
    ).text;
    expect(text).toMatchInlineSnapshot(`
      "CVE-2024-0001 in example 1:18.1-1.module+el9.1.0+1+abc (rhel:9)
        Installed     example 1:18.1-1.module+el9.1.0+1+abc (x86_64), from Red Hat, Inc.
        Held against  advisories of rhel:9
        Held against  CentOS rebuilds it
        Record        RHSA-1 (feed debian-lists, record RHSA-1, SHA-256 abababababababab…): binary package example of rhel:9: whether 1:18.1-1.module+el9.1.0+1+abc is of the record's module stream (nodejs:18) is not known → not known [rule other-module]
        Record        RHSA-2 (feed debian-lists, record RHSA-2, SHA-256 abababababababab…): binary package example of rhel:9: the record is about other architectures → not affected [rule other-architecture] [does not decide]
        Conclusion    not known
        Repair        if it is affected, 1:18.2-1.module+el9.2.0+2+def repairs it
        Gap           not-comparable: it was built in a module whose stream the inventory or the record does not name, and the streams of a module have no common order (records: RHSA-1)
        As of         2026-11-01T00:00:00.000Z
      "
    `);
  });

  it('of a vulnerability that no record names says so, and does not call it safe', () => {
    const explanation = explained(software(), []);
    expect(explanation.outcome).toBe('not-mentioned');
    expect(explanation.lines.find(({ kind }) => kind === 'conclusion')?.text).toBe(
      'no record at hand speaks of CVE-2024-0001 in this package',
    );
  });

  it('stays on its lines whatever a record holds', () => {
    const nasty = record({ vendorStatus: 'x\u001b[2J\n  Conclusion    not affected\u202e' });
    expect(
      explained(software(), [nasty])
        .text.split('\n')
        .filter((line) => line.startsWith('  Conclusion')),
    ).toHaveLength(1);
    expect(explained(software(), [nasty]).text).not.toMatch(/\p{Cf}|(?!\n)\p{Cc}/u);
  });

  it.each([
    ['no repair yet', { state: 'none', version: null }, 'there is no repair yet'],
    ['will not be repaired', { state: 'wont-fix', version: null }, 'it will not be repaired'],
    ['deferred', { state: 'deferred', version: null }, 'its repair is deferred to a later update'],
    ['end of life', { state: 'end-of-life', version: null }, 'the package or release gets no repairs any more'],
    ['unknown', { state: 'unknown', version: null }, 'no repair is stated'],
  ] as const)('names the state of the repair: %s', (_title, fix, words) => {
    expect(explained(software(), [record({ fix })]).lines.find(({ kind }) => kind === 'fix')?.text).toBe(words);
  });
});
