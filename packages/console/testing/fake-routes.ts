import {
  type CreateRunRequest,
  type EndpointAsset,
  type EndpointSummary,
  type LabelEndpointsRequest,
  PERMISSION_NAMES,
  type Problem,
  type RunDetail,
  type Session,
} from '@thimble/protocol';
import { answerAccount } from './account/routes.ts';
import { answerApprovals } from './approvals/routes.ts';
import { countOpen } from './assess/fleet-risk.ts';
import { answerAccess } from './access/routes.ts';
import { answerAssess } from './assess/routes.ts';
import { answerContent } from './content/routes.ts';
import { answerEnrolment } from './enrolment/routes.ts';
import { answerEvidence } from './evidence/routes.ts';
import type { FakeState } from './fake-fleet.ts';
import { fakeDetail, fakeFindings, fakeHistory, fakePackages, fakeUpdates } from './fixtures/endpoint-detail.ts';
import { fakeFleetUpdates, fakeOverview } from './fixtures/fleet.ts';
import { seeded } from './fixtures/random.ts';
import { FAKE_HOME } from './organisations/fake-organisations.ts';
import { answerOrganisations } from './organisations/routes.ts';
import { answerPatching } from './rollouts/routes.ts';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly problem?: Pick<Problem, 'code' | 'title'> & { readonly detail?: string; readonly hint?: string };
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const notFound: Answer = { status: 404, problem: { code: 'not-found', title: 'There is no such thing here' } };

const SESSION: Session = {
  principal: { kind: 'person', name: 'operator' },
  organisation: FAKE_HOME,
  home: FAKE_HOME,
  expiresAt: null,
  permissions: [...PERMISSION_NAMES],
  limited: [],
  setUpNeeded: false,
  server: {
    version: '0.1.0',
    publicUrl: 'https://thimble.example.org:8443',
    caFingerprint: 'sha256:5f9c0e6d1d6b3f1c9a70f4b1f1b9d7f6c5d7a6b0e4f3c2d1a0b9c8d7e6f5a4b3',
  },
};

export function answer(state: FakeState, method: string, path: string, query: URLSearchParams, body: unknown): Answer {
  const assessed =
    answerAssess(state, method, path, query, body) ??
    answerAccess(state, method, path, body) ??
    answerOrganisations(state, method, path, query, body) ??
    answerContent(state, method, path, query, body) ??
    answerApprovals(state, path) ??
    answerPatching(state, method, path, query, body) ??
    answerEnrolment(state, method, path, body) ??
    answerEvidence(state, method, path, body);
  if (assessed !== undefined) return assessed;
  const account = answerAccount(method, path);
  if (account !== undefined) return account;
  const [stage, id, part] = path.split('/').slice(1);
  switch (stage) {
    case 'session':
      return ok(sessionIn(state, query.get('organisation')));
    case 'overview':
      return ok(fakeOverview(state.fleet, [...state.runs.values()], state.now(), countOpen(state.assessment)));
    case 'endpoints':
      if (id === 'labels') return label(state, body);
      return id === undefined ? endpoints(state, query) : endpoint(state, method, id, part, body);
    case 'updates':
      return updates(state, query);
    case 'runs':
      return runs(state, method, id, part, body);
    case 'evidence':
      return evidence(state, query);
    case 'downloads':
      return ok({ items: DOWNLOADS });
    default:
      return notFound;
  }
}

function sessionIn({ organisations }: FakeState, organisationId: string | null): Session {
  const { id, name } = organisations.items.find((one) => one.id === organisationId) ?? FAKE_HOME;
  return { ...SESSION, organisation: { id, name } };
}

const DOWNLOADS = [
  {
    name: 'thimble-agent-linux-x64',
    kind: 'executable',
    architecture: 'amd64',
    version: '0.1.0',
    sizeBytes: 112_345_088,
    sha256: seeded(1).hex(64),
  },
  {
    name: 'thimble-agent_0.1.0_amd64.deb',
    kind: 'deb',
    architecture: 'amd64',
    version: '0.1.0',
    sizeBytes: 31_457_280,
    sha256: seeded(2).hex(64),
  },
];

function endpoints(state: FakeState, query: URLSearchParams): Answer {
  const search = (query.get('search') ?? '').toLowerCase();
  const wanted = query.get('state');
  const update = query.get('update');
  const sort = query.get('sort') ?? 'hostname';
  const sign = query.get('direction') === 'desc' ? -1 : 1;
  const rows = state.fleet
    .filter((one) => wanted === null || one.summary.state === wanted)
    .filter((one) => update === null || one.pending.some((entry) => entry.name === update))
    .filter(({ summary: { labels = {} } }) =>
      query.getAll('label').every((tag) => labels[tag.split('=')[0] ?? ''] === tag.split('=')[1]),
    )
    .map((one) => one.summary)
    .filter((one) => `${one.hostname} ${one.os}`.toLowerCase().includes(search))
    .sort((a, b) => sign * compare(sortKey(a, sort), sortKey(b, sort)));
  const from = Number(query.get('cursor') ?? '0');
  const limit = Number(query.get('limit') ?? '100');
  const end = from + limit;
  return ok({ items: rows.slice(from, end), total: rows.length, nextCursor: end < rows.length ? String(end) : null });
}

function sortKey(endpoint: EndpointSummary, sort: string): string | number {
  switch (sort) {
    case 'securityUpdateCount':
      return endpoint.securityUpdateCount;
    case 'updateCount':
      return endpoint.updateCount;
    case 'lastSeenAt':
      return endpoint.lastSeenAt ?? '';
    case 'state':
      return endpoint.state;
    case 'os':
      return endpoint.os;
    default:
      return endpoint.hostname;
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function endpoint(state: FakeState, method: string, id: string, part: string | undefined, body: unknown): Answer {
  const found = state.fleet.find((one) => one.summary.id === id);
  if (found === undefined)
    return {
      status: 404,
      problem: {
        code: 'endpoint-not-found',
        title: 'There is no such endpoint',
        detail: `No endpoint has the id ${id}.`,
      },
    };
  if (method === 'DELETE') return { status: 204 };
  const [firstRun] = state.runs.keys();
  switch (part) {
    case undefined:
      return ok(fakeDetail(found, state.now()));
    case 'packages':
      return ok(fakePackages(found));
    case 'updates':
      return ok(fakeUpdates(found, state.now()));
    case 'findings':
      return ok(fakeFindings(found, state.now()));
    case 'history':
      return ok(fakeHistory(found, firstRun ?? found.summary.id, state.now()));
    case 'asset':
      return asset(state, method, id, body);
    case 'scan':
      return { status: 202, body: {} };
    default:
      return notFound;
  }
}

function asset(state: FakeState, method: string, id: string, body: unknown): Answer {
  const before = state.assets.get(id) ?? { criticality: 'unknown', exposure: 'unknown', site: '' };
  if (method !== 'PUT') return ok(before);
  const stated = { ...before, ...(body as Partial<EndpointAsset>) };
  state.assets.set(id, stated);
  state.emit({ kind: 'endpoint-changed', endpointId: id });
  return ok(stated);
}

function label(state: FakeState, body: unknown): Answer {
  const { endpoints: chosen, set = {}, unset = [] } = body as LabelEndpointsRequest;
  const named = state.fleet.filter(({ summary }) => Array.isArray(chosen) && chosen.includes(summary.id));
  for (const one of named) {
    const labels = Object.entries({ ...one.summary.labels, ...set }).filter(([key]) => !unset.includes(key));
    one.summary = { ...one.summary, labels: Object.fromEntries(labels) };
    state.emit({ kind: 'endpoint-changed', endpointId: one.summary.id });
  }
  return ok({ named: named.length, changed: named.length });
}

function updates(state: FakeState, query: URLSearchParams): Answer {
  const search = (query.get('search') ?? '').toLowerCase();
  const items = fakeFleetUpdates(state.fleet)
    .filter((row) => query.get('security') !== 'true' || row.security)
    .filter((row) => `${row.name} ${row.source}`.includes(search));
  return ok({ items, total: items.length });
}

function runs(
  state: FakeState,
  method: string,
  id: string | undefined,
  part: string | undefined,
  body: unknown,
): Answer {
  if (id === undefined) {
    if (method === 'POST') return { status: 201, body: state.createRun(body as CreateRunRequest) };
    const items = [...state.runs.values()].map((run) => run.summary).sort((a, b) => compare(b.createdAt, a.createdAt));
    return ok({ items, total: items.length });
  }
  const run = state.runs.get(id);
  if (run === undefined) return { status: 404, problem: { code: 'run-not-found', title: 'There is no such run' } };
  if (part === undefined) return ok(run);
  if (part === 'evidence') return ok(runEvidence(state, run));
  if (part === 'approve') return approve(state, run, body);
  const { endpoints: chosen } = (body ?? {}) as { endpoints?: string[] };
  return ok(state.act(run, part, chosen));
}

function approve(state: FakeState, run: RunDetail, body: unknown): Answer {
  const { transactionDigests } = body as { transactionDigests: string[] };
  const present = run.groups.map((group) => group.transactionDigest);
  if (transactionDigests.some((digest) => !present.includes(digest))) {
    return {
      status: 409,
      problem: {
        code: 'plan-changed',
        title: 'The plan has changed since you saw it',
        hint: 'Look at it again and approve what is there now.',
      },
    };
  }
  return ok(state.approve(run));
}

function runEvidence(state: FakeState, run: RunDetail): unknown {
  const records = state.evidence.filter((record) => record.runId === run.summary.id);
  return { format: 1, run, envelopes: [], records };
}

function evidence(state: FakeState, query: URLSearchParams): Answer {
  const before = Number(query.get('before') ?? Number.MAX_SAFE_INTEGER);
  const runId = query.get('runId');
  const endpointId = query.get('endpointId');
  const matching = state.evidence
    .filter((record) => runId === null || record.runId === runId)
    .filter((record) => endpointId === null || record.endpointId === endpointId);
  const items = matching.filter((record) => record.sequence < before).slice(0, Number(query.get('limit') ?? '50'));
  const chain = {
    verified: true,
    length: state.evidence.length,
    headSha256: state.evidence[0]?.sha256 ?? null,
    checkedAt: new Date(0).toISOString(),
    checkpoint: null,
  };
  return ok({ items, total: matching.length, chain });
}
