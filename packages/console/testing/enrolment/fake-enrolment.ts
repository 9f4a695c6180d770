import type {
  AgentUpdateStatus,
  EndpointIdentity,
  EnrolmentRules,
  EnrolmentToken,
  WaitingEndpoint,
} from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';
import { seeded } from '../fixtures/random.ts';

/** What the fake API knows of enrolments. */
export interface FakeEnrolment {
  rules: EnrolmentRules;
  readonly tokens: EnrolmentToken[];
  readonly waiting: WaitingEndpoint[];
  readonly identities: Map<string, EndpointIdentity>;
  /** Made when it is asked for first. */
  agents?: AgentUpdateStatus;
}

const MINUTE_MS = 60_000;

export function createFakeEnrolment(fleet: readonly FakeEndpoint[], now: () => number): FakeEnrolment {
  const random = seeded(77);
  const ago = (minutes: number): string => new Date(now() - minutes * MINUTE_MS).toISOString();
  const token = (name: string, rest: Partial<EnrolmentToken>): EnrolmentToken => ({
    id: random.uuid(),
    name,
    createdAt: ago(2000),
    expiresAt: ago(-8000),
    lastUsedAt: ago(30),
    useCount: fleet.length,
    maximumUses: null,
    labels: {},
    groups: [],
    site: '',
    networks: [],
    approve: false,
    ...rest,
  });
  const waiting = (hostname: string, minutes: number, former: string | null): WaitingEndpoint => ({
    id: random.uuid(),
    hostname,
    os: 'Debian GNU/Linux 12 (bookworm)',
    architecture: 'amd64',
    machine: random.hex(64),
    address: '10.7.0.23',
    keyid: random.hex(64),
    token: 'shops',
    enrolledAt: ago(minutes),
    lastSeenAt: ago(0),
    former: former === null ? null : { id: random.uuid(), hostname: former, removedAt: ago(9000) },
  });
  if (fleet.length < 2) return { rules: { approveEnrolments: false }, tokens: [], waiting: [], identities: new Map() };
  return {
    rules: { approveEnrolments: false },
    tokens: [
      token('production', { expiresAt: null }),
      token('shops', {
        labels: { role: 'till' },
        groups: ['shops'],
        site: 'berlin',
        networks: ['10.7.0.0/16', '2001:db8:7::/48'],
        approve: true,
        maximumUses: 40,
        useCount: 3,
      }),
    ],
    waiting: [waiting('till-17', 12, null), waiting('till-18', 9, 'till-4'), waiting('unexpected', 2, null)],
    identities: new Map(),
  };
}

/** One machine that was started twice; in quarantine, two of them. */
export function fakeIdentity({ summary }: FakeEndpoint, now: () => number): EndpointIdentity {
  const random = seeded(summary.hostname.length);
  const ago = (minutes: number): string => new Date(now() - minutes * MINUTE_MS).toISOString();
  const machine = random.hex(64);
  const isQuarantined = summary.standing === 'quarantined';
  const place = (address: string, minutes: number, returns: number) => ({
    bootId: random.uuid(),
    machine,
    address,
    firstSeenAt: ago(minutes + 3000),
    lastSeenAt: ago(minutes),
    returns,
  });
  return {
    machine,
    keyid: random.hex(64),
    keySince: summary.enrolledAt,
    address: '10.2.0.11',
    admission: 'admitted',
    quarantine: isQuarantined
      ? {
          at: ago(4),
          by: 'server',
          reason: 'two machines speak with its key in turn: one of them is a copy of the other',
        }
      : null,
    keeping: null,
    former: null,
    places: isQuarantined
      ? [place('10.2.0.11', 1, 3), place('10.2.0.87', 2, 2)]
      : [place('10.2.0.11', 1, 0), place('10.2.0.11', 9000, 0)],
  };
}
