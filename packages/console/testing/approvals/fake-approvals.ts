import {
  APPROVAL_PAYLOAD_TYPE,
  type ApprovalDetail,
  type ApproverHistory,
  type ApproverKey,
  type ApproverSet,
  type ApproverStatus,
  type HaltStatus,
  type Transaction,
} from '@thimble/protocol';
import { seeded } from '../fixtures/random.ts';

/** Requests to approvers, who they are, and no emergency stop. */
export interface FakeApprovals {
  readonly requests: readonly ApprovalDetail[];
  readonly transaction: Transaction;
  readonly approvers: ApproverStatus;
  readonly history: ApproverHistory;
  readonly halt: HaltStatus;
}

const ORGANISATION = '00000000-0000-4000-a000-000000000001';
const id = (number: number): string => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
const hex = (seed: number): string => seeded(seed).hex(64);
const NAMES = ['Ada Lovelace', 'Bob Kahn', 'Cyd Charisse'];

const PASSKEY: ApproverKey = {
  kind: 'passkey',
  keyid: hex(511),
  publicKey: 'A'.repeat(43),
  credentialId: 'B'.repeat(22),
  rpId: 'patch.example.org',
  origins: ['https://patch.example.org'],
};

const SET: ApproverSet = {
  format: 1,
  kind: 'approver-set',
  organisationId: ORGANISATION,
  version: 3,
  previous: hex(500),
  threshold: 2,
  keyFilesAtLeast: 1,
  approvers: NAMES.map((name, index) => ({
    id: id(index + 1),
    name,
    keys: index === 1 ? [PASSKEY] : [{ kind: 'file', keyid: hex(510 + index), publicKey: 'A'.repeat(43) }],
  })),
  issuedAt: '2026-01-02T10:00:00.000Z',
};

const { keyFilesAtLeast: _, ...WITHOUT_KEY_FILES } = SET;

export function createFakeApprovals(nowMs: number): FakeApprovals {
  const at = (hours: number): string => new Date(nowMs + hours * 3_600_000).toISOString();
  const signer = (index: number) => ({
    approverId: id(index + 1),
    name: NAMES[index] ?? '',
    keyid: hex(510 + index),
    kind: index === 1 ? ('passkey' as const) : ('file' as const),
    signedAt: at(-1),
  });
  const entry = {
    id: id(50),
    set: SET,
    signed: { payloadType: 'application/vnd.thimble.approver-set+json', payload: '', signatures: [] },
    progress: { digest: hex(520), threshold: 2, keyFilesAtLeast: 1, signed: [] },
    proposedAt: at(-400),
    proposedBy: 'operator',
  };
  return {
    transaction: transaction(),
    requests: [request(at, 'open', 1, [signer(1)]), request(at, 'granted', 2, [signer(0), signer(2)])],
    approvers: {
      active: { ...entry, state: 'active', activatedAt: at(-390) },
      proposed: {
        ...entry,
        id: id(51),
        state: 'proposed',
        set: { ...WITHOUT_KEY_FILES, version: 4, threshold: 1 },
        activatedAt: null,
      },
    },
    history: {
      items: [
        {
          ...entry,
          state: 'active',
          progress: { ...entry.progress, signed: [signer(0), signer(1)] },
          activatedAt: at(-390),
        },
        {
          ...entry,
          id: id(52),
          state: 'replaced',
          set: { ...SET, version: 2, approvers: SET.approvers.slice(0, 2) },
          proposedAt: at(-900),
          activatedAt: at(-900),
        },
      ],
    },
    halt: {
      halted: false,
      current: null,
      pending: null,
      next: { organisationId: ORGANISATION, sequence: 1 },
    },
  };
}

function request(
  at: (hours: number) => string,
  state: ApprovalDetail['summary']['state'],
  number: number,
  signed: ApprovalDetail['summary']['progress']['signed'],
): ApprovalDetail {
  const endpoints = [1, 2, 3].map((each) => ({ id: id(100 + each), hostname: `web-${each}.example.org` }));
  const statement: ApprovalDetail['statement'] = {
    format: 1,
    kind: 'approval',
    id: id(number),
    organisationId: ORGANISATION,
    runId: id(200),
    title: state === 'open' ? 'Security updates of web servers' : 'Kernel of databases',
    snapshotId: null,
    transactions: [{ transactionDigest: hex(530), endpointIds: endpoints.map((each) => each.id) }],
    endpointIds: [],
    actions: ['trial', 'apply', 'rollback', 'restart-services', 'reboot'],
    notBefore: at(-2),
    expiresAt: at(330),
  };
  return {
    summary: {
      id: id(number),
      runId: id(200),
      title: statement.title,
      state,
      actions: statement.actions,
      transactionCount: 1,
      endpointCount: endpoints.length,
      createdAt: at(-2 * number),
      createdBy: 'operator',
      narrowedBy: null,
      expiresAt: statement.expiresAt,
      progress: { digest: hex(540 + number), threshold: 2, keyFilesAtLeast: 1, signed },
    },
    signed: { payloadType: APPROVAL_PAYLOAD_TYPE, payload: '', signatures: [] },
    statement,
    endpoints,
    snapshotName: null,
  };
}

function transaction(): Transaction {
  const change = (name: string, from: string, to: string, seed: number): Transaction['changes'][number] => ({
    name,
    architecture: 'amd64',
    action: 'upgrade',
    from,
    to,
    sha256: hex(seed),
    downloadBytes: 1_400_000,
    origin: null,
    security: true,
    reason: 'requested',
    source: name,
  });
  return {
    format: 1,
    platform: 'apt',
    changes: [
      change('openssl', '3.0.15-1~deb12u1', '3.0.17-1~deb12u2', 551),
      change('libssl3', '3.0.15-1~deb12u1', '3.0.17-1~deb12u2', 552),
    ],
    downloadBytes: 2_800_000,
    installedDeltaBytes: 4096,
    conffileConflicts: [],
    servicesToRestart: [],
    reboot: { needed: false, reasons: [] },
    excluded: [],
    rollbackGaps: [],
    indexes: [],
  };
}
