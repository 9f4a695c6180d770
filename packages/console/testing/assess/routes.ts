import type {
  CreateExceptionRequest,
  FeedUpdateRequest,
  OverrideRequest,
  VulnerabilitySummary,
} from '@thimble/protocol';
import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';
import { affectedEndpoint, endpointVulnerability, fakeVulnerabilityDetail, verdictsOf } from './detail.ts';
import type { FakeVulnerability } from './fake-assessment.ts';
import { fakeEndpointGaps, fakeGaps, fakeNextPatches, fakeRisk } from './fleet-risk.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });
const notFound: Answer = { status: 404, problem: { code: 'not-found', title: 'There is no such thing here' } };

/** What the fake answers on the routes of vulnerabilities, exceptions and feeds; undefined: not one of them. */
export function answerAssess(
  state: FakeState,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): Answer | undefined {
  const [stage, rawId, part] = path.split('/').slice(1);
  const id = rawId === undefined ? undefined : decodeURIComponent(rawId);
  switch (stage) {
    case 'vulnerabilities':
      return id === undefined ? list(state, query) : one(state, method, id, part, body);
    case 'endpoints':
      return part === 'vulnerabilities' && id !== undefined ? ofEndpoint(state, id, query) : undefined;
    case 'risk':
      return ok(fakeRisk(state.assessment, state.now()));
    case 'gaps':
      return ok(fakeGaps(state.fleet));
    case 'next-patches':
      return ok(
        fakeNextPatches(state.assessment, Number(query.get('limit') ?? '10'), query.get('endpointId') ?? undefined),
      );
    case 'explain':
      return explain(state, query);
    case 'exceptions':
      return exceptions(state, method, id, body);
    case 'vex':
      return vex(state, method, body);
    case 'feeds':
      return feeds(state, method, id, part, body);
    default:
      return undefined;
  }
}

function list(state: FakeState, query: URLSearchParams): Answer {
  const { assessment } = state;
  const search = (query.get('search') ?? '').toLowerCase();
  const sign = query.get('direction') === 'asc' ? 1 : -1;
  const sort = query.get('sort') ?? 'score';
  const wanted = (name: string, value: string): boolean => !query.has(name) || query.get(name) === value;
  const rows = assessment.vulnerabilities
    .map(assessment.summary)
    .filter((row) => query.get('all') === 'true' || row.endpointCount > 0)
    .filter((row) => wanted('severity', row.severity) && wanted('decision', row.decision))
    .filter((row) => wanted('fixState', row.fixState) && (query.get('kev') !== 'true' || row.kev !== null))
    .filter((row) => `${row.id} ${row.title} ${row.packages.join(' ')}`.toLowerCase().includes(search))
    .sort((a, b) => sign * compare(sortKey(a, sort), sortKey(b, sort)) || compare(a.id, b.id));
  const from = Number(query.get('cursor') ?? '0');
  const end = from + Number(query.get('limit') ?? '100');
  return ok({ items: rows.slice(from, end), total: rows.length, nextCursor: end < rows.length ? String(end) : null });
}

function sortKey(row: VulnerabilitySummary, sort: string): string | number {
  switch (sort) {
    case 'id':
      return row.id;
    case 'cvss':
      return row.cvss ?? -1;
    case 'epss':
      return row.epss ?? -1;
    case 'endpointCount':
      return row.endpointCount;
    case 'firstSeenAt':
      return row.firstSeenAt;
    default:
      return row.score;
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function find(state: FakeState, id: string): FakeVulnerability | undefined {
  return state.assessment.vulnerabilities.find(({ known }) => known.id === id);
}

function one(state: FakeState, method: string, id: string, part: string | undefined, body: unknown): Answer {
  const found = find(state, id);
  if (found === undefined) {
    return {
      status: 404,
      problem: {
        code: 'vulnerability-not-found',
        title: 'Nothing is known of this vulnerability',
        detail: `No advisory that was synchronised names ${id}.`,
        hint: 'Is its feed synchronised?',
      },
    };
  }
  if (part === undefined) return ok(fakeVulnerabilityDetail(state.assessment, found, state.now()));
  if (part === 'endpoints') {
    const items = found.affected.slice(0, 1000).map((endpoint) => affectedEndpoint(state.assessment, found, endpoint));
    return ok({ items, total: found.affected.length });
  }
  if (part !== 'override') return notFound;
  if (method === 'DELETE') {
    state.assessment.overrides.delete(id);
    state.emit({ kind: 'vulnerabilities-changed' });
    return { status: 204 };
  }
  const priority = state.assessment.override(id, body as OverrideRequest);
  state.emit({ kind: 'vulnerabilities-changed' });
  return ok(priority);
}

function ofEndpoint(state: FakeState, id: string, query: URLSearchParams): Answer {
  const endpoint = state.fleet.find(({ summary }) => summary.id === id);
  if (endpoint === undefined) return notFound;
  const asOf = query.get('asOf') ?? new Date(state.now()).toISOString();
  const items = state.assessment.vulnerabilities
    .filter((each) => each.affected.includes(endpoint) && each.firstSeenAtMs <= Date.parse(asOf))
    .map((each) => endpointVulnerability(state.assessment, each, endpoint));
  return ok({ items, total: items.length, gaps: fakeEndpointGaps(endpoint), asOf });
}

function explain(state: FakeState, query: URLSearchParams): Answer {
  const found = find(state, query.get('vulnerability') ?? '');
  if (found === undefined) return notFound;
  const { known } = found;
  const name = query.get('package');
  const verdicts = verdictsOf(known).filter((verdict) => name === null || verdict.package === name);
  const host = state.fleet.find(({ summary }) => summary.id === query.get('endpointId'))?.summary.hostname;
  const subject = name ?? host ?? known.source;
  const text = verdicts
    .flatMap((verdict) => [
      `${known.id} in ${verdict.package} ${verdict.version}`,
      `  Installed     ${verdict.package} ${verdict.version} (amd64), built from source ${verdict.source ?? ''}`,
      ...verdict.evidence.map(
        (evidence) => `  Record        ${evidence.advisory} (feed ${evidence.feed}): ${evidence.text}`,
      ),
      `  Conclusion    ${verdict.outcome}`,
    ])
    .join('\n');
  return ok({
    vulnerability: known.id,
    subject,
    asOf: query.get('asOf') ?? new Date(state.now()).toISOString(),
    text: `${text}\n`,
    verdicts,
    gaps: [],
    priority: state.assessment.priority(known),
  });
}

function exceptions(state: FakeState, method: string, id: string | undefined, body: unknown): Answer {
  const { assessment } = state;
  if (method === 'POST') {
    const request = body as CreateExceptionRequest;
    if (request.kind === 'accepted' && request.expiresAt === undefined) {
      return { status: 400, problem: { code: 'no-expiry', title: 'An accepted risk needs an end' } };
    }
    const created = assessment.createException(request);
    state.emit({ kind: 'vulnerabilities-changed' });
    return { status: 201, body: created };
  }
  if (method === 'DELETE' && id !== undefined) {
    if (!assessment.revokeException(id)) return notFound;
    state.emit({ kind: 'vulnerabilities-changed' });
    return { status: 204 };
  }
  return ok({ items: assessment.exceptions, total: assessment.exceptions.length });
}

function vex(state: FakeState, method: string, body: unknown): Answer {
  if (method !== 'POST') return ok({ bomFormat: 'CycloneDX', specVersion: '1.6', vulnerabilities: [] });
  if (typeof body !== 'object' || body === null || !('bomFormat' in body || 'document' in body)) {
    return {
      status: 400,
      problem: {
        code: 'vex-not-understood',
        title: 'This is no VEX document',
        detail: 'It has neither “bomFormat” (CycloneDX) nor “document” (CSAF).',
      },
    };
  }
  const items = state.assessment.vulnerabilities.slice(30, 31).map(({ known }) =>
    state.assessment.createException({
      vulnerability: known.id,
      kind: 'not-affected',
      justification: 'component_not_present',
      reason: 'Imported from a VEX document.',
      owner: 'supplier',
    }),
  );
  return ok({ items, total: items.length });
}

function feeds(
  state: FakeState,
  method: string,
  id: string | undefined,
  part: string | undefined,
  body: unknown,
): Answer {
  const { feeds: all } = state.assessment;
  if (id === undefined) return ok({ items: all, total: all.length });
  if (id === 'import') {
    if (!(body instanceof Uint8Array) || !Buffer.from(body).toString('latin1').startsWith('thimble-bundle')) {
      return {
        status: 400,
        problem: {
          code: 'bundle-not-signed',
          title: 'The bundle’s signature does not hold',
          detail: 'Its manifest is not signed by a key that this server trusts. Nothing was imported.',
          hint: 'Export it again with `thimble feeds export`, and name its key in the settings.',
        },
      };
    }
    return ok(state.assessment.importBundle());
  }
  const at = all.findIndex((feed) => feed.id === id);
  const feed = all[at];
  if (feed === undefined) return notFound;
  if (part === 'sync') {
    state.syncFeed(id);
    return { status: 202, body: {} };
  }
  if (method !== 'PUT') return ok(feed);
  const request = body as FeedUpdateRequest;
  const baseUrl = request.baseUrl === '' ? `https://advisories.example.org/${id}/` : (request.baseUrl ?? feed.baseUrl);
  const mode = request.mode ?? feed.mode;
  const changed = {
    ...feed,
    baseUrl,
    mode,
    ...(mode === 'off' ? { health: 'off' as const, explanation: 'switched off' } : {}),
  };
  all[at] = changed;
  state.emit({ kind: 'feed-changed', feed: id });
  return ok(changed);
}
