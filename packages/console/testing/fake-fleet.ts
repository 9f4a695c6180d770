import type {
  CreateRunRequest,
  EndpointAsset,
  EvidenceExport,
  EvidenceRecord,
  FeedSummary,
  LiveEvent,
  RunDetail,
} from '@thimble/protocol';
import { createFakeAccess, type FakeAccess } from './access/fake-access.ts';
import { createFakeApprovals, type FakeApprovals } from './approvals/fake-approvals.ts';
import { createFakeAssessment, type FakeAssessment } from './assess/fake-assessment.ts';
import { createFakeContent, type FakeContent } from './content/fake-content.ts';
import {
  APPLY_STAGES,
  asPlanned,
  ended,
  fetchedAhead,
  fetchingAhead,
  newRun,
  planned,
  progressEvent,
  withTargets,
} from './fake-runs.ts';
import { createFakeCollectors } from './evidence/routes.ts';
import { createFakeEnrolment, type FakeEnrolment } from './enrolment/fake-enrolment.ts';
import { fakeFleet, type FakeEndpoint } from './fixtures/endpoints.ts';
import { fakeEvidence } from './fixtures/fleet.ts';
import { createFakeOrganisations, type FakeOrganisations } from './organisations/fake-organisations.ts';
import { createFakePatching, type FakePatching } from './rollouts/fake-patching.ts';

export interface FakeFleetOptions {
  readonly endpointCount: number;
  /** How long each step of a simulated order takes. */
  readonly stepMs: number;
  readonly now: () => number;
}

/** The state behind the fake API, with runs that go their way in a few steps. Ends with `close`. */
export interface FakeState {
  readonly fleet: FakeEndpoint[];
  readonly runs: Map<string, RunDetail>;
  readonly evidence: EvidenceRecord[];
  readonly collectors: EvidenceExport[];
  readonly enrolment: FakeEnrolment;
  readonly access: FakeAccess;
  readonly organisations: FakeOrganisations;
  readonly assessment: FakeAssessment;
  readonly content: FakeContent;
  readonly patching: FakePatching;
  readonly approvals: FakeApprovals;
  /** What people said of endpoints; missing: nothing yet. */
  readonly assets: Map<string, EndpointAsset>;
  now(): number;
  emit(event: LiveEvent): void;
  /** Runs for a few steps and ends well. */
  syncFeed(id: string): void;
  subscribe(listener: (event: LiveEvent) => void): () => void;
  createRun(request: CreateRunRequest): RunDetail;
  approve(run: RunDetail): RunDetail;
  act(run: RunDetail, action: string, endpoints: readonly string[] | undefined): RunDetail;
  close(): void;
}

export function createFakeFleet({ endpointCount, stepMs, now }: FakeFleetOptions): FakeState {
  const fleet = fakeFleet(endpointCount, now());
  const runs = new Map<string, RunDetail>();
  const listeners = new Set<(event: LiveEvent) => void>();
  const timers = new Set<NodeJS.Timeout>();
  const emit = (event: LiveEvent): void => listeners.forEach((listener) => listener(event));
  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };
  const put = (run: RunDetail): RunDetail => {
    runs.set(run.summary.id, run);
    emit({ kind: 'run-changed', runId: run.summary.id });
    return run;
  };
  const present = (id: string): RunDetail | undefined => {
    const run = runs.get(id);
    return run === undefined || run.summary.state === 'cancelled' ? undefined : run;
  };

  const createRun = (request: CreateRunRequest): RunDetail => {
    const chosen =
      request.endpoints === 'all' ? fleet : fleet.filter((one) => request.endpoints.includes(one.summary.id));
    const run = put(newRun(chosen, request, content.sourceOf(request.content), now()));
    later(stepMs * 2, () => {
      const current = present(run.summary.id);
      if (current !== undefined) put(asPlanned(current, planned(chosen, request, now())));
    });
    return run;
  };

  const finish = (id: string): void => {
    const run = present(id);
    if (run === undefined) return;
    const groupOf = new Map(run.groups.flatMap((group) => group.endpointIds.map((one) => [one, group] as const)));
    const many = run.targets.length > 3;
    const done = withTargets(run, 'finished', (target, index) =>
      target.state === 'working' ? ended(target, groupOf.get(target.endpointId), index, many, now()) : target,
    );
    put({
      ...done,
      summary: { ...done.summary, finishedAt: new Date(now()).toISOString(), explanation: 'all endpoints have ended' },
    });
  };

  const approve = (run: RunDetail): RunDetail => {
    const id = run.summary.id;
    const next = withTargets(run, 'running', (target) =>
      target.state === 'planned'
        ? { ...target, state: 'working', stage: 'accepted', explanation: 'the order is under way', actions: ['cancel'] }
        : target,
    );
    const approved = put({
      ...next,
      summary: {
        ...next.summary,
        approvedAt: new Date(now()).toISOString(),
        approvedBy: 'operator',
        explanation: 'orders are under way',
      },
    });
    APPLY_STAGES.forEach((step, index) =>
      later(stepMs * (index + 1), () => {
        for (const target of present(id)?.targets ?? []) {
          if (target.state === 'working') emit(progressEvent(id, target, index, step, now()));
        }
      }),
    );
    later(stepMs * (APPLY_STAGES.length + 1), () => finish(id));
    return approved;
  };

  const preStage = (run: RunDetail, applies: (id: string) => boolean): RunDetail => {
    const begun = put(
      withTargets(run, run.summary.state, (target) =>
        applies(target.endpointId) && target.actions.includes('pre-stage') ? fetchingAhead(target) : target,
      ),
    );
    later(stepMs * 6, () => {
      const current = present(run.summary.id);
      if (current === undefined) return;
      const groupOf = (digest: string | null) => current.groups.find((one) => one.transactionDigest === digest);
      put(
        withTargets(current, current.summary.state, (target) =>
          target.stage === 'downloading' && target.state === 'planned'
            ? fetchedAhead(target, groupOf(target.transactionDigest), now())
            : target,
        ),
      );
    });
    return begun;
  };

  const act = (run: RunDetail, action: string, endpoints: readonly string[] | undefined): RunDetail => {
    const applies = (id: string): boolean => endpoints === undefined || endpoints.includes(id);
    if (action === 'pre-stage') return preStage(run, applies);
    if (action === 'cancel' && endpoints === undefined) {
      const cancelled = withTargets(run, 'cancelled', (target) => ({
        ...target,
        state: 'cancelled',
        stage: null,
        actions: [],
        explanation: 'cancelled; nothing was changed',
      }));
      return put({
        ...cancelled,
        summary: {
          ...cancelled.summary,
          explanation: 'cancelled by operator',
          finishedAt: new Date(now()).toISOString(),
        },
      });
    }
    const busy =
      action === 'roll-back'
        ? 'rolling-back'
        : action === 'reboot'
          ? 'rebooting'
          : action === 'cancel'
            ? 'cancelled'
            : 'working';
    const begun = put(
      withTargets(run, run.summary.state, (target) =>
        applies(target.endpointId) && target.actions.some((one) => one === action)
          ? {
              ...target,
              state: busy,
              actions: [],
              explanation: `${action} was ordered`,
              stage: 'accepted',
              percent: null,
            }
          : target,
      ),
    );
    later(stepMs * 3, () => {
      const current = present(run.summary.id);
      if (current === undefined) return;
      put(
        withTargets(current, current.summary.state, (target) => {
          if (target.state === 'rolling-back')
            return {
              ...target,
              state: 'rolled-back',
              stage: 'finished',
              actions: [],
              explanation: 'back at the versions before',
            };
          if (target.state === 'rebooting')
            return {
              ...target,
              state: 'effective',
              stage: 'finished',
              actions: ['roll-back'],
              explanation: 'rebooted; kernel 6.1.0-40-amd64 is running',
            };
          return target;
        }),
      );
    });
    return begun;
  };

  const assessment = createFakeAssessment(fleet, now);
  const putFeed = (id: string, change: (feed: FeedSummary) => FeedSummary): void => {
    const at = assessment.feeds.findIndex((feed) => feed.id === id);
    const feed = assessment.feeds[at];
    if (feed === undefined) return;
    assessment.feeds[at] = change(feed);
    emit({ kind: 'feed-changed', feed: id });
  };
  const syncFeed = (id: string): void => {
    const iso = (): string => new Date(now()).toISOString();
    const running = (records: number) => ({ startedAt: iso(), records, message: 'reading records' });
    putFeed(id, (feed) => ({ ...feed, running: running(0) }));
    later(stepMs * 3, () => putFeed(id, (feed) => ({ ...feed, running: running(1200) })));
    later(stepMs * 8, () =>
      putFeed(id, (feed) => ({
        ...feed,
        running: null,
        health: 'fresh',
        explanation: 'synchronised just now',
        syncedAt: iso(),
        failure: null,
        advisoryCount: feed.advisoryCount + 12,
      })),
    );
  };

  const content = createFakeContent({ fleet, assessment, runs, stepMs, now, later, emit });
  const evidence = seedRuns(fleet, runs, content, now);
  const [runId = null] = runs.keys();
  const approvals = createFakeApprovals(now());
  const patching = createFakePatching({ fleet, stepMs, runId, now, later, emit });
  return {
    fleet,
    runs,
    evidence,
    collectors: createFakeCollectors(evidence.length, now()),
    enrolment: createFakeEnrolment(fleet, now),
    access: createFakeAccess(now),
    organisations: createFakeOrganisations(now),
    assessment,
    content,
    patching,
    approvals,
    assets: new Map(),
    now,
    emit,
    syncFeed,
    createRun,
    approve,
    act,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      timers.forEach((timer) => clearTimeout(timer));
      timers.clear();
      listeners.clear();
    },
  };
}

/** One run in every state worth a picture: finished with all kinds of ends, waiting, and under way. */
function seedRuns(
  fleet: FakeEndpoint[],
  runs: Map<string, RunDetail>,
  content: FakeContent,
  now: () => number,
): EvidenceRecord[] {
  const exposed = fleet.filter((one) => one.summary.state === 'exposed');
  if (exposed.length < 20) return [];
  const add = (name: string, from: number, count: number, hoursAgo: number, channel?: string): RunDetail => {
    const chosen = exposed.slice(from, from + count);
    const at = now() - hoursAgo * 3_600_000;
    const request: CreateRunRequest = { name, endpoints: 'all', selection: { kind: 'security' } };
    const source = content.sourceOf(channel === undefined ? undefined : { channel });
    const run = asPlanned(newRun(chosen, request, source, at), planned(chosen, request, at));
    runs.set(run.summary.id, run);
    return run;
  };
  const done = add('Security updates, first ring', 0, 6, 26);
  const groupOf = new Map(done.groups.flatMap((group) => group.endpointIds.map((one) => [one, group] as const)));
  const at = new Date(now() - 25 * 3_600_000).toISOString();
  const finished = withTargets(done, 'finished', (target, index) =>
    ended(target, groupOf.get(target.endpointId), index, true, now()),
  );
  runs.set(done.summary.id, {
    ...finished,
    summary: {
      ...finished.summary,
      approvedAt: at,
      approvedBy: 'operator',
      finishedAt: at,
      explanation: '3 effective, 1 waits for reboot, 1 refused, 1 could not be planned',
    },
  });
  add('Security updates, second ring', 6, 9, 1, 'production');
  const working = add('openssl and nginx', 15, 4, 0.1, 'canary');
  const half = withTargets(working, 'running', (target, index) =>
    target.state === 'planned'
      ? {
          ...target,
          state: 'working',
          stage: 'installing',
          percent: 35 + index * 20,
          message: 'Configuring nginx',
          actions: [],
          explanation: 'installing',
        }
      : target,
  );
  runs.set(working.summary.id, {
    ...half,
    summary: { ...half.summary, approvedAt: at, approvedBy: 'operator', explanation: 'orders are under way' },
  });
  return fakeEvidence(finished, 60, now());
}
