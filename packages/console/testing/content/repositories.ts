import type { ContentFaultReport, RepositoryDetail, RepositorySummary, RevisionSummary } from '@thimble/protocol';
import { seeded, type Random } from '../fixtures/random.ts';
import type { FakeKeys } from './keys.ts';

const HOUR_MS = 3_600_000;
const MEAN_PACKAGE_BYTES = 780_000;

interface Given extends Partial<RepositorySummary> {
  readonly name: string;
  readonly format: RepositorySummary['format'];
  readonly uris: string[];
}
interface History {
  readonly revisions: number;
  readonly packages: number;
  /** Mean hours between two of them. */
  readonly everyHours: number;
  /** Mean packages that come with each. */
  readonly news: number;
}

/** A repository in every state of health, each with its frozen states and what went wrong. */
export function fakeRepositories(keys: FakeKeys, endpointCount: number, nowMs: number): RepositoryDetail[] {
  const random = seeded(8102);
  const at = (hours: number): string => new Date(nowMs + hours * HOUR_MS).toISOString();
  const share = (part: number): number => Math.ceil(endpointCount * part);
  const make = (given: Given, history: History, faults: ContentFaultReport[] = []): RepositoryDetail => {
    const summary = { ...blank(given, random, at), ...given };
    const revisions = fakeRevisions(summary, history, random, nowMs);
    return {
      summary: {
        ...summary,
        latest: revisions[0] ?? null,
        revisionCount: revisions.length,
        fault: faults.find(({ resolvedAt }) => resolvedAt === null) ?? null,
      },
      revisions,
      faults,
    };
  };
  const debian = { format: 'apt' as const, uris: ['http://deb.example.org/debian'], components: ['main'] };
  const ubuntu = {
    format: 'apt' as const,
    uris: ['http://archive.ubuntu.example.org/ubuntu'],
    components: ['main', 'universe'],
    keys: [keys.ubuntu],
    endpointCount: share(0.2),
  };
  return [
    make(
      { ...debian, name: 'Debian 12', suite: 'bookworm', keys: [keys.debian], endpointCount: share(0.8) },
      { revisions: 6, packages: 63_440, everyHours: 24 * 55, news: 310 },
    ),
    make(
      {
        ...debian,
        name: 'Debian 12 security',
        uris: ['http://security.deb.example.org/debian-security', 'http://mirror.example.org/debian-security'],
        suite: 'bookworm-security',
        keys: [keys.debianSecurity],
        endpointCount: share(0.8),
        mode: 'mirror',
        filter: { architectures: ['amd64'], components: ['main'], newest: 2 },
        health: 'failing',
        explanation: 'the last three checks ended too early; the revision of 9 hours ago serves',
        checkedAt: at(-0.4),
      },
      { revisions: 24, packages: 3_871, everyHours: 21, news: 26 },
      [
        fault(random, 'truncated', 'upstream', at(-6.4), at(-0.4), 3, {
          message:
            'Upstream ended main/binary-amd64/Packages.xz after 184,320 of 261,888 bytes. Nothing of this state was taken. It is asked again in 15 minutes; both mirrors were tried.',
          path: 'dists/bookworm-security/main/binary-amd64/Packages.xz',
        }),
        fault(random, 'unreachable', 'upstream', at(-210), at(-207), 5, {
          message: 'security.deb.example.org did not answer within 30 s.',
          resolvedAt: at(-206),
        }),
      ],
    ),
    make(
      {
        ...debian,
        name: 'Debian 12 updates',
        suite: 'bookworm-updates',
        keys: [keys.debian],
        endpointCount: share(0.78),
        running: {
          startedAt: at(-0.01),
          message: 'main/binary-amd64/Packages.xz',
          receivedBytes: 3_411_000,
          packages: 41,
        },
        explanation: 'is looked at now',
        nextAt: null,
      },
      { revisions: 11, packages: 128, everyHours: 190, news: 5 },
    ),
    make(
      { ...ubuntu, name: 'Ubuntu 24.04', suite: 'noble' },
      { revisions: 1, packages: 61_020, everyHours: 1, news: 0 },
    ),
    make(
      {
        ...ubuntu,
        name: 'Ubuntu 24.04 security',
        uris: ['http://security.ubuntu.example.org/ubuntu'],
        suite: 'noble-security',
        health: 'failing',
        explanation: 'what upstream gave contradicts what it gave before; the revision of 31 hours ago serves',
      },
      { revisions: 18, packages: 9_904, everyHours: 30, news: 74 },
      [
        fault(random, 'same-version-other-bytes', 'trust', at(-3.2), at(-1.2), 2, {
          message:
            'libfoo1 2.4.1-0ubuntu1 (amd64) has other bytes than before under the same version: SHA-256 5f9c0e6d… was 1b77aa20…. Ask the vendor; when they confirm it, this very state can be taken.',
          path: 'pool/main/libf/libfoo/libfoo1_2.4.1-0ubuntu1_amd64.deb',
          acceptable: true,
        }),
      ],
    ),
    make(
      {
        name: 'PostgreSQL',
        format: 'apt',
        uris: ['https://apt.postgres.example.org/pub/repos/apt'],
        suite: 'bookworm-pgdg',
        components: ['main'],
        keys: [keys.postgresql],
        endpointCount: share(0.06),
        health: 'never',
        explanation: 'was added 2 minutes ago; the first check is due',
        addedAt: at(-0.03),
        checkedAt: null,
        changedAt: null,
        nextAt: at(0.01),
      },
      { revisions: 0, packages: 0, everyHours: 1, news: 0 },
    ),
    make(
      {
        name: 'Rocky Linux 9 BaseOS',
        format: 'rpm',
        uris: ['https://dl.rocky.example.org/pub/rocky/9/BaseOS/x86_64/os/'],
        mirrorList: 'https://mirrors.rocky.example.org/mirrorlist?arch=x86_64&repo=BaseOS-9',
        architectures: ['x86_64', 'noarch'],
        signature: 'packages',
        keys: [keys.rocky],
        health: 'stale',
        explanation: 'not looked at for 20 hours, which is more than three intervals',
        checkedAt: at(-20),
        nextAt: at(-2),
      },
      { revisions: 7, packages: 2_214, everyHours: 160, news: 38 },
    ),
    make(
      {
        name: 'Alpine 3.22 main',
        format: 'apk',
        uris: ['https://dl.alpine.example.org/alpine/v3.22/main'],
        architectures: ['x86_64'],
        keys: [keys.alpine],
        enabled: false,
        health: 'off',
        explanation: 'switched off; what is frozen still serves',
        checkedAt: at(-24 * 12),
        nextAt: null,
      },
      { revisions: 4, packages: 5_660, everyHours: 24 * 14, news: 90 },
    ),
    make(
      {
        name: 'Installers',
        format: 'generic',
        uris: ['https://downloads.vendor.example.org/'],
        architectures: [],
        intervalHours: 24,
        files: [
          {
            name: 'example-agent',
            version: '4.2.0',
            url: 'https://downloads.vendor.example.org/example-agent-4.2.0.msi',
            sha256: random.hex(64),
            sizeBytes: 48_211_968,
            signatureKind: 'authenticode',
          },
        ],
      },
      { revisions: 2, packages: 1, everyHours: 24 * 30, news: 1 },
    ),
  ];
}

/** What a repository is before anything is known of it. */
export function blank(given: Given, random: Random, at: (hours: number) => string): RepositorySummary {
  return {
    id: random.uuid(),
    mirrorList: null,
    suite: '',
    components: [],
    architectures: ['amd64'],
    signature: 'metadata',
    keys: [],
    mode: 'lazy',
    filter: { architectures: [], components: [], newest: null },
    enabled: true,
    intervalHours: 6,
    files: [],
    health: 'fresh',
    explanation: 'checked 2 hours ago, every 6 hours',
    endpointCount: 0,
    addedAt: at(-24 * 150),
    addedBy: 'operator',
    checkedAt: at(-2),
    changedAt: at(-31),
    nextAt: at(4),
    running: null,
    latest: null,
    revisionCount: 0,
    fault: null,
    ...given,
  };
}

function fault(
  random: Random,
  code: string,
  side: ContentFaultReport['side'],
  at: string,
  lastAt: string,
  count: number,
  given: Partial<ContentFaultReport>,
): ContentFaultReport {
  return {
    id: random.uuid(),
    at,
    code,
    side,
    message: '',
    path: null,
    count,
    lastAt,
    resolvedAt: null,
    acceptable: false,
    ...given,
  };
}

function fakeRevisions(
  { id, name, format, keys }: RepositorySummary,
  { revisions, packages, everyHours, news }: History,
  random: Random,
  nowMs: number,
): RevisionSummary[] {
  let hours = 9;
  return Array.from({ length: revisions }, (_, index) => {
    const sequence = revisions - index;
    const added = sequence === 1 ? packages : Math.round(news * (0.15 + 1.9 * random.next() ** 2));
    const stored = Math.round(packages * (0.03 + 0.02 * random.next()));
    const createdAt = new Date(nowMs - hours * HOUR_MS).toISOString();
    hours += everyHours * (0.4 + 1.2 * random.next());
    return {
      id: random.uuid(),
      repositoryId: id,
      repositoryName: name,
      sequence,
      createdAt,
      date: format === 'generic' ? null : new Date(Date.parse(createdAt) - 2 * HOUR_MS).toISOString(),
      validUntil: null,
      metadataPath: { apt: 'InRelease', rpm: 'repodata/repomd.xml', apk: 'APKINDEX.tar.gz', generic: 'files' }[format],
      metadataSha256: random.hex(64),
      signedBy: keys[0]?.fingerprint ?? null,
      packageCount: packages,
      packageBytes: packages * MEAN_PACKAGE_BYTES,
      storedCount: stored,
      storedBytes: stored * MEAN_PACKAGE_BYTES,
      metadataBytes: packages * 160 + 40_000,
      addedCount: added,
      removedCount: sequence === 1 ? 0 : Math.round(added * (0.55 + 0.5 * random.next())),
    };
  });
}
