import type { FixState, Severity } from '@thimble/protocol';
import { CATALOGUE } from '../fixtures/catalogue.ts';
import { seeded, type Random } from '../fixtures/random.ts';

/** What the fake knows of a vulnerability, apart from the endpoints that have it. */
export interface KnownVulnerability {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly fixState: FixState;
  readonly severity: Severity;
  readonly cvss: number | null;
  readonly epss: number | null;
  /** Days from now on which the catalogue wants it repaired; null: not in it. */
  readonly kevDueInDays: number | null;
  readonly exploitPublic: boolean;
  /** Of the endpoints that have the package. */
  readonly share: number;
}

const FIRST: readonly KnownVulnerability[] = [
  known('CVE-2024-6387', 'Signal handler race condition in sshd (regreSSHion)', 'openssh', 8.1, 0.72, -12, true, 1),
  known('CVE-2023-44487', 'HTTP/2 rapid reset exhausts the server', 'nginx', 7.5, 0.944, 9, true, 0.9),
  known('CVE-2025-32463', 'sudo: --chroot runs code of the user as root', 'sudo', 9.3, 0.31, 21, true, 0.8),
  known('CVE-2024-1086', 'Use after free in nf_tables', 'linux-signed-amd64', 7.8, 0.81, -40, true, 1),
  known(
    'CVE-2023-4911',
    'Buffer overflow in ld.so by GLIBC_TUNABLES (Looney Tunables)',
    'glibc',
    7.8,
    0.66,
    3,
    true,
    0.7,
  ),
  known('CVE-2023-38545', 'SOCKS5 heap buffer overflow', 'curl', 9.8, 0.26, null, true, 1),
  known('CVE-2023-0286', 'X.400 address type confusion in X.509 GeneralName', 'openssl', 7.4, 0.88, null, false, 1),
  known('CVE-2024-5535', 'SSL_select_next_proto reads beyond its buffer', 'openssl', 9.1, 0.05, null, false, 1),
  known('CVE-2024-50379', 'A vulnerability that nobody has rated yet', 'postgresql-15', null, null, null, false, 0.6),
  {
    ...known('CVE-2023-31484', 'CPAN.pm does not verify TLS certificates', 'perl', 8.1, 0.01, null, false, 1),
    fixState: 'deferred',
  },
  {
    ...known('CVE-2016-2781', 'chroot: session can escape to the parent', 'coreutils', 6.5, 0.0004, null, false, 0.9),
    fixState: 'wont-fix',
  },
  {
    ...known('CVE-2022-3715', 'Heap overflow in valid_parameter_transform', 'bash', 7.8, 0.0009, null, false, 0.8),
    fixState: 'none',
  },
];

const FLAWS = [
  'Out-of-bounds read when parsing a crafted message',
  'Denial of service by a deeply nested document',
  'Use after free while closing a connection',
  'Integer overflow leads to a small heap buffer',
  'Timing side channel in signature verification',
  'Path traversal while unpacking an archive',
  'Improper check of a certificate’s name',
  'Memory leak that a remote peer can trigger',
] as const;

const SOURCES = [...new Set(CATALOGUE.filter((entry) => entry.security).map((entry) => entry.source))];

/** The well-known ones, and a tail that is the same for equal seeds. */
export function knownVulnerabilities(count: number): readonly KnownVulnerability[] {
  const random = seeded(2024);
  const tail = Array.from({ length: Math.max(0, count - FIRST.length) }, (_, index) => invented(index, random));
  return [...FIRST, ...tail];
}

function invented(index: number, random: Random): KnownVulnerability {
  const source = random.pick(SOURCES);
  const cvss = random.chance(0.06) ? null : Math.round((2 + random.next() * 7.9) * 10) / 10;
  const epss = random.chance(0.1) ? null : Math.round(random.next() ** 5 * 1000) / 1000;
  const id = `CVE-${2023 + (index % 3)}-${String(20_000 + index * 37)}`;
  const base = known(id, random.pick(FLAWS), source, cvss, epss, null, random.chance(0.12), 0.2 + random.next() * 0.8);
  const fixState = random.pick<FixState>([
    'fixed',
    'fixed',
    'fixed',
    'fixed',
    'none',
    'deferred',
    'end-of-life',
    'unknown',
  ]);
  return { ...base, fixState };
}

function known(
  id: string,
  title: string,
  source: string,
  cvss: number | null,
  epss: number | null,
  kevDueInDays: number | null,
  exploitPublic: boolean,
  share: number,
): KnownVulnerability {
  return {
    id,
    title,
    source,
    fixState: 'fixed',
    severity: severityOf(cvss),
    cvss,
    epss,
    kevDueInDays,
    exploitPublic,
    share,
  };
}

function severityOf(cvss: number | null): Severity {
  if (cvss === null) return 'unknown';
  if (cvss >= 9) return 'critical';
  if (cvss >= 7) return 'high';
  return cvss >= 4 ? 'medium' : 'low';
}
