import type {
  CreateRunRequest,
  LiveEvent,
  OrderStage,
  Outcome,
  RunDetail,
  RunGroup,
  RunState,
  RunSummary,
  RunTarget,
  TargetState,
} from '@thimble/protocol';
import { CATALOGUE, type CatalogueEntry } from './fixtures/catalogue.ts';
import type { FakeEndpoint } from './fixtures/endpoints.ts';
import { seeded } from './fixtures/random.ts';
import { fakeApplied, fakeDifference, fakeGroup } from './fixtures/transactions.ts';

const ids = seeded(4711);

/** The parts of a run for `endpoints`: every third has a kernel to take, so there are two groups. */
export function planned(endpoints: readonly FakeEndpoint[], request: CreateRunRequest, nowMs: number): RunGroup[] {
  const wanted = select(request);
  const withKernel = endpoints.filter((_, index) => index % 3 === 0);
  const without = endpoints.filter((_, index) => index % 3 !== 0);
  const plain = wanted.filter((entry) => !entry.name.startsWith('linux-'));
  const groups: RunGroup[] = [];
  if (withKernel.length > 0)
    groups.push(
      fakeGroup(
        withKernel.map((one) => one.summary.id),
        wanted,
        nowMs,
      ),
    );
  if (without.length > 0)
    groups.push(
      fakeGroup(
        without.map((one) => one.summary.id),
        plain,
        nowMs,
      ),
    );
  return groups;
}

function select(request: CreateRunRequest): readonly CatalogueEntry[] {
  const { selection } = request;
  if (selection.kind === 'all') return CATALOGUE.filter((entry) => entry.name !== 'postgresql-15');
  if (selection.kind === 'security')
    return CATALOGUE.filter((entry) => entry.security && entry.name !== 'postgresql-15');
  const names = new Set(selection.packages.map((one) => one.name));
  return CATALOGUE.filter((entry) => names.has(entry.name));
}

export function newRun(
  endpoints: readonly FakeEndpoint[],
  request: CreateRunRequest,
  content: NonNullable<RunSummary['content']> | null,
  nowMs: number,
): RunDetail {
  return {
    summary: {
      id: ids.uuid(),
      name: request.name ?? (request.selection.kind === 'security' ? 'Security updates' : 'Updates'),
      selection: request.selection,
      content,
      state: 'planning',
      explanation: `${endpoints.length} endpoints compute their transactions`,
      createdAt: new Date(nowMs).toISOString(),
      createdBy: 'operator',
      approvedAt: null,
      approvedBy: null,
      finishedAt: null,
      targetCount: endpoints.length,
      counts: { planning: endpoints.length },
    },
    groups: [],
    targets: endpoints.map((endpoint) => ({
      endpointId: endpoint.summary.id,
      hostname: endpoint.summary.hostname,
      state: 'planning',
      explanation: 'computes its transaction',
      transactionDigest: null,
      stage: 'planning',
      percent: null,
      message: '',
      actions: ['cancel'],
      outcome: null,
    })),
  };
}

export function withTargets(
  run: RunDetail,
  state: RunState,
  change: (target: RunTarget, index: number) => RunTarget,
): RunDetail {
  const targets = run.targets.map(change);
  const counts: Record<string, number> = {};
  for (const target of targets) counts[target.state] = (counts[target.state] ?? 0) + 1;
  return { ...run, targets, summary: { ...run.summary, state, counts } };
}

export function asPlanned(run: RunDetail, groups: RunGroup[]): RunDetail {
  const digestOf = new Map(
    groups.flatMap((group) => group.endpointIds.map((id) => [id, group.transactionDigest] as const)),
  );
  const last = run.targets.length - 1;
  const fails = run.targets.length > 3;
  const next = withTargets(run, 'awaiting-approval', (target, index) =>
    fails && index === last
      ? {
          ...target,
          state: 'plan-failed',
          stage: null,
          actions: ['retry'],
          explanation: 'could not plan: the index of bookworm-security is not reachable',
          outcome: refusal(null),
        }
      : {
          ...target,
          state: 'planned',
          stage: null,
          actions: run.summary.content === null ? target.actions : ['pre-stage', 'cancel'],
          transactionDigest: digestOf.get(target.endpointId) ?? null,
          explanation: 'planned; waits for approval',
        },
  );
  const kept = groups
    .map((group) => ({
      ...group,
      endpointIds: group.endpointIds.filter((id) => !fails || id !== run.targets[last]?.endpointId),
    }))
    .filter((group) => group.endpointIds.length > 0);
  return {
    ...next,
    groups: kept,
    summary: { ...next.summary, explanation: 'waits for approval of the planned transactions' },
  };
}

const refusal = (difference: ReturnType<typeof fakeDifference> | null): Outcome => ({
  format: 1,
  orderId: ids.uuid(),
  generation: 5,
  startedAt: '2026-01-05T10:00:00.000Z',
  endedAt: '2026-01-05T10:00:04.000Z',
  result:
    difference === null
      ? {
          kind: 'refused',
          code: 'index-unreachable',
          message: 'could not connect to archive.example.org:443',
          difference,
          logTail: ['Err:1 bookworm-security InRelease', '  Could not connect to archive.example.org:443'],
        }
      : {
          kind: 'refused',
          code: 'transaction-differs',
          message: 'the endpoint’s own resolver comes to another transaction',
          difference,
          logTail: [],
        },
});

/** How one target ends: with a kernel it waits for reboot, the second of a larger run refuses, the others are effective. */
export function ended(
  target: RunTarget,
  group: RunGroup | undefined,
  index: number,
  many: boolean,
  nowMs: number,
): RunTarget {
  if (group === undefined) return target;
  const base = { ...target, stage: 'finished' as const, percent: 100, message: '' };
  if (many && index === 1) {
    return {
      ...base,
      state: 'refused',
      actions: ['retry'],
      explanation: 'refused: its own transaction differs from what was approved; nothing was changed',
      outcome: refusal(fakeDifference(group.transaction)),
    };
  }
  const outcome = fakeApplied(group.transaction, nowMs);
  return group.transaction.reboot.needed
    ? {
        ...base,
        state: 'waits-for-reboot',
        actions: ['reboot', 'roll-back'],
        explanation: 'installed; waits for reboot: kernel 6.1.0-40-amd64 installed, 6.1.0-18-amd64 running',
        outcome,
      }
    : {
        ...base,
        state: 'effective',
        actions: ['roll-back'],
        explanation: 'installed, verified and effective',
        outcome,
      };
}

export function fetchingAhead(target: RunTarget): RunTarget {
  return {
    ...target,
    actions: ['cancel'],
    stage: 'downloading',
    percent: 42,
    message: 'libssl3 3.0.17-1~deb12u3',
    explanation: 'waits for approval; fetching ahead: downloading 42 %',
  };
}

export function fetchedAhead(target: RunTarget, group: RunGroup | undefined, nowMs: number): RunTarget {
  const fetchedBytes = group?.transaction.downloadBytes ?? 0;
  return {
    ...target,
    actions: ['cancel'],
    stage: null,
    percent: null,
    message: '',
    explanation: `waits for approval; pre-staged, ${fetchedBytes} bytes`,
    outcome: {
      format: 1,
      orderId: ids.uuid(),
      generation: 6,
      startedAt: new Date(nowMs - 9000).toISOString(),
      endedAt: new Date(nowMs).toISOString(),
      result: { kind: 'pre-staged', fetchedBytes, fromRelayBytes: Math.round(fetchedBytes * 0.9) },
    },
  };
}

export const APPLY_STAGES: readonly { stage: OrderStage; percent: number | null; message: string }[] = [
  { stage: 'accepted', percent: null, message: '' },
  { stage: 'refreshing', percent: 40, message: 'reading package lists' },
  { stage: 'downloading', percent: 20, message: 'libssl3 3.0.17-1~deb12u3' },
  { stage: 'downloading', percent: 85, message: 'git 1:2.39.5-0+deb12u2' },
  { stage: 'installing', percent: 30, message: 'Unpacking openssl' },
  { stage: 'installing', percent: 78, message: 'Configuring nginx' },
  { stage: 'restarting-services', percent: null, message: 'nginx.service' },
  { stage: 'verifying', percent: null, message: 'reading versions and running processes' },
];

export function progressEvent(
  runId: string,
  target: RunTarget,
  sequence: number,
  step: (typeof APPLY_STAGES)[number],
  nowMs: number,
): LiveEvent {
  return {
    kind: 'progress',
    runId,
    endpointId: target.endpointId,
    progress: { orderId: runId, sequence, at: new Date(nowMs).toISOString(), ...step },
  };
}

export const isOver = (state: TargetState): boolean =>
  !['planning', 'planned', 'ordered', 'working', 'rebooting', 'rolling-back'].includes(state);
