import type { AffectedEndpoint, EndpointVulnerability, ExplainedVerdict, VulnerabilityDetail } from '@thimble/protocol';
import { CATALOGUE } from '../fixtures/catalogue.ts';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';
import { kevOf, type FakeAssessment, type FakeVulnerability } from './fake-assessment.ts';
import type { KnownVulnerability } from './known-vulnerabilities.ts';

const DAY_MS = 86_400_000;
const TREND_DAYS = 60;

export function fakeVulnerabilityDetail(
  assessment: FakeAssessment,
  one: FakeVulnerability,
  nowMs: number,
): VulnerabilityDetail {
  const { known } = one;
  const random = seeded(known.id.length + known.source.length * 31);
  const summary = assessment.summary(one);
  const published = new Date(nowMs - 200 * DAY_MS).toISOString();
  const kev = known.kevDueInDays === null ? null : kevOf(known.kevDueInDays, nowMs);
  return {
    summary,
    description:
      `${known.title}. A remote attacker can use this in ${known.source} before the version that repairs it.\n\n` +
      'The flaw was introduced with a change of 2020 and is present in every release since.',
    aliases: [`DSA-${5700 + (known.id.length % 90)}-1`],
    status: 'published',
    published,
    modified: new Date(nowMs - 20 * DAY_MS).toISOString(),
    cvss:
      known.cvss === null
        ? []
        : [
            {
              vector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H',
              version: '3.1',
              score: known.cvss,
              source: 'nvd',
            },
            {
              vector: 'CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N',
              version: '4.0',
              score: null,
              source: 'vulnrichment',
            },
          ],
    cwe: ['CWE-362', 'CWE-364'],
    epss: known.epss === null ? null : { probability: known.epss, percentile: 0.98, scoredOn: published.slice(0, 10) },
    kev:
      kev === null
        ? null
        : {
            ...kev,
            ransomware: known.source === 'openssh' ? true : null,
            title: known.title,
            requiredAction: 'Apply mitigations as the vendor instructs, or discontinue use of the product.',
          },
    ssvc: {
      exploitation: kev === null ? 'poc' : 'active',
      automatable: known.source === 'nginx',
      technicalImpact: 'total',
    },
    exploits: known.exploitPublic
      ? {
          sources: [
            { name: 'Exploit-DB', count: 2 },
            { name: 'Metasploit', count: 1 },
          ],
          maturity: 'functional',
          lastOn: published.slice(0, 10),
        }
      : null,
    priority: assessment.priority(known),
    advisories: [
      {
        feed: 'debian-tracker',
        id: known.id,
        title: known.title,
        severity: 'high',
        published,
        url: `https://advisories.example.org/tracker/${known.id}`,
        recordSha256: random.hex(64),
      },
      {
        feed: 'debian-dsa',
        id: `DSA-${5700 + (known.id.length % 90)}-1`,
        title: `${known.source} security update`,
        severity: null,
        published,
        url: null,
        recordSha256: random.hex(64),
      },
    ],
    references: [
      { kind: 'advisory', url: `https://advisories.example.org/tracker/${known.id}` },
      { kind: 'fix', url: `https://code.example.org/${known.source}/commit/${random.hex(12)}` },
    ],
    software: verdictsOf(known).map((verdict) => ({ verdict, endpointCount: one.affected.length })),
    exceptions: assessment.exceptions.filter((exception) => exception.vulnerability === known.id),
    trend: Array.from({ length: TREND_DAYS }, (_, index) => {
      const dayMs = nowMs - (TREND_DAYS - 1 - index) * DAY_MS;
      const wave = 1 + 0.5 * Math.sin(index / 9);
      const count = index === TREND_DAYS - 1 ? summary.endpointCount : Math.round(one.affected.length * wave * 0.8);
      return { at: new Date(dayMs).toISOString(), endpointCount: dayMs < one.firstSeenAtMs ? 0 : count };
    }),
  };
}

export function verdictsOf(known: KnownVulnerability): ExplainedVerdict[] {
  const random = seeded(known.source.length);
  const entries = CATALOGUE.filter((entry) => entry.source === known.source);
  const names =
    entries.length > 0
      ? entries
      : [{ name: known.source, source: known.source, from: '5.2.15-2', to: '5.2.15-2+deb12u1' }];
  return names.map(({ name, source, from, to }): ExplainedVerdict => {
    const fixed = known.fixState === 'fixed' ? to : null;
    return {
      vulnerability: known.id,
      outcome: 'affected',
      package: name,
      version: from,
      source,
      sourceVersion: from,
      architecture: 'amd64',
      namespace: 'debian:12',
      origin: 'distribution',
      purl: `pkg:deb/debian/${name}@${encodeURIComponent(from)}?arch=amd64&distro=bookworm`,
      fixState: known.fixState,
      fixedVersion: fixed,
      fixChannel: fixed === null ? null : 'bookworm-security',
      vendorStatus: fixed === null ? 'no-dsa' : null,
      evidence: [
        {
          feed: 'debian-tracker',
          advisory: known.id,
          recordSha256: random.hex(64),
          rule: fixed === null ? 'every-version' : 'below-fixed',
          text:
            fixed === null
              ? `source package ${source} of debian:12 is affected in every version; there is no repair yet`
              : `source package ${source} of debian:12 is affected until ${fixed}, which repairs it: ${from} < ${fixed} in the deb order`,
          outcome: 'affected',
          installed: from,
          boundary: fixed,
          comparison: fixed === null ? null : '<',
          scheme: 'deb',
          vendorStatus: fixed === null ? 'no-dsa' : null,
        },
        {
          feed: 'debian-tracker',
          advisory: known.id,
          recordSha256: random.hex(64),
          rule: 'other-release',
          text: `the record is about another release or ecosystem: source package ${source} of debian:13`,
          outcome: 'not-affected',
          installed: from,
          boundary: null,
          comparison: null,
          scheme: 'deb',
          vendorStatus: null,
        },
      ],
    };
  });
}

const RUNTIMES = ['listens-beyond', 'running', 'dormant', 'unknown', 'listens-on-loopback'] as const;
const WORDS: Readonly<Record<AffectedEndpoint['state'], string>> = {
  open: 'the installed version is before the one that repairs it',
  scheduled: 'the fix is part of the run that is under way',
  'installed-not-effective': 'the fix is installed; processes still use the old code',
  accepted: 'an exception covers it',
  closed: 'the fix is installed and effective',
};

function runtimeOf(one: FakeVulnerability, endpoint: FakeEndpoint): string {
  const index = endpoint.summary.hostname.length + one.known.source.length;
  if (one.known.source === 'linux-signed-amd64') return index % 2 === 0 ? 'running' : 'left-over-kernel';
  return RUNTIMES[index % RUNTIMES.length] ?? 'unknown';
}

export function affectedEndpoint(
  assessment: FakeAssessment,
  one: FakeVulnerability,
  endpoint: FakeEndpoint,
): AffectedEndpoint {
  const [verdict] = verdictsOf(one.known);
  const state = assessment.stateOf(one, endpoint);
  return {
    endpointId: endpoint.summary.id,
    hostname: endpoint.summary.hostname,
    package: verdict?.package ?? one.known.source,
    installed: verdict?.version ?? '1',
    fixedVersion: verdict?.fixedVersion ?? null,
    state,
    explanation: WORDS[state],
    runtime: runtimeOf(one, endpoint),
    since: new Date(one.firstSeenAtMs).toISOString(),
    until: null,
  };
}

export function endpointVulnerability(
  assessment: FakeAssessment,
  one: FakeVulnerability,
  endpoint: FakeEndpoint,
): EndpointVulnerability {
  const { known } = one;
  const [verdict] = verdictsOf(known);
  const { score, decision, severity } = assessment.priority(known);
  const {
    package: name,
    installed,
    fixedVersion,
    state,
    explanation,
    runtime,
    since,
    until,
  } = affectedEndpoint(assessment, one, endpoint);
  return {
    id: known.id,
    title: known.title,
    package: name,
    source: known.source,
    installed,
    fixedVersion,
    fixState: known.fixState,
    vendorStatus: verdict?.vendorStatus ?? null,
    state,
    explanation,
    severity,
    cvss: known.cvss,
    epss: known.epss,
    kev: known.kevDueInDays !== null,
    score,
    decision,
    runtime,
    since,
    until,
  };
}
