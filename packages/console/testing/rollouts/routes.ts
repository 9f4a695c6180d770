import type { CreateFreezeRequest, Freeze, SimulateRequest, StartRolloutRequest } from '@thimble/protocol';
import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';
import { saved, TEMPLATES, validate } from './fake-policies.ts';
import { detached } from './inherited-policies.ts';
import { decided } from './rollout-decisions.ts';
import { policyOfEndpoint, whyOf } from './why.ts';

interface Asked {
  readonly method: string;
  readonly id: string | undefined;
  readonly part: string | undefined;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const list = (items: readonly unknown[]): Answer => ok({ items, total: items.length });
const notFound: Answer = { status: 404, problem: { code: 'not-found', title: 'There is no such thing here' } };

/** What the fake answers on the routes of policies and rollouts; undefined: not one of them. */
export function answerPatching(
  state: FakeState,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): Answer | undefined {
  const [stage, id, part] = path.split('/').slice(1);
  const asked = { method, id, part, query, body };
  switch (stage) {
    case 'policies':
      return policies(state, asked);
    case 'rollouts':
      return rollouts(state, asked);
    case 'freezes':
      return freezes(state, asked);
    case 'calendars':
      return calendars(state, asked);
    case 'windows':
      return ok(
        state.patching.windows(
          Date.parse(query.get('from') ?? new Date(state.now()).toISOString()),
          Date.parse(query.get('to') ?? new Date(state.now() + 31 * 86_400_000).toISOString()),
        ),
      );
    case 'simulations':
      return simulations(state, asked);
    case 'endpoints':
      return part === 'why' || part === 'policy' ? ofEndpoint(state, asked) : undefined;
    default:
      return undefined;
  }
}

function policies(state: FakeState, { method, id, part, body }: Asked): Answer {
  const { patching, fleet } = state;
  const { text = '', note = '', version } = (body ?? {}) as { text?: string; note?: string; version?: number };
  if (id === 'templates') return ok({ items: TEMPLATES });
  if (id === 'validate') return ok(validate(text, fleet, state.now()));
  if (id === undefined) {
    if (method !== 'POST') {
      const first = fleet.slice(-8).map(({ summary }) => ({ id: summary.id, hostname: summary.hostname }));
      const items = patching.policies.map(({ summary }) => summary);
      return ok({ items, total: items.length, uncovered: { total: first.length, first } });
    }
    const made = saved(text, undefined, note, fleet, state.now());
    patching.putPolicy(made);
    return { status: 201, body: made };
  }
  const policy = patching.policies.find(({ summary }) => summary.id === id);
  if (policy === undefined)
    return { status: 404, problem: { code: 'unknown-policy', title: 'There is no such policy' } };
  if (method === 'GET') return ok(policy);
  if (method === 'DELETE') {
    patching.policies.splice(patching.policies.indexOf(policy), 1);
    state.emit({ kind: 'policies-changed' });
    return { status: 204 };
  }
  if (part === 'detach') {
    const own = detached(policy, fleet, state.now());
    patching.putPolicy(own);
    return ok(own);
  }
  if (version !== policy.summary.version)
    return { status: 409, problem: { code: 'changed-meanwhile', title: 'Somebody changed the policy meanwhile' } };
  const changed = saved(text, policy, note, fleet, state.now());
  patching.putPolicy(changed);
  return ok(changed);
}

function rollouts(state: FakeState, { method, id, part, query, body }: Asked): Answer {
  const { patching } = state;
  if (id === undefined) {
    if (method !== 'POST') return list(patching.rollouts.map(({ detail }) => detail.summary));
    const begun = patching.start(body as StartRolloutRequest);
    return begun === undefined ? notFound : { status: 201, body: begun.detail };
  }
  const rollout = patching.rollouts.find(({ detail }) => detail.summary.id === id);
  if (rollout === undefined)
    return { status: 404, problem: { code: 'unknown-rollout', title: 'There is no such rollout' } };
  if (method === 'POST')
    return ok(patching.putRollout(decided(rollout, part ?? '', (body ?? {}) as object, state.now())).detail);
  if (part === 'members') {
    const search = query.get('search') ?? '';
    const items = rollout.members
      .filter(({ hostname }) => hostname.includes(search))
      .filter(({ ring }) => ring === (query.get('ring') ?? ring))
      .filter(({ outcome }) => outcome === (query.get('outcome') ?? outcome));
    return ok({ items, total: items.length, nextCursor: null });
  }
  if (part === 'plans') {
    const { plan } = rollout.detail;
    return list(
      plan === null
        ? []
        : [{ ...plan, changedCount: 4, actions: ['asks 3 endpoints for their transaction', 'opens canary'] }],
    );
  }
  return ok(rollout.detail);
}

function freezes(state: FakeState, { method, id, body }: Asked): Answer {
  const { patching } = state;
  const at = new Date(state.now()).toISOString();
  if (id === undefined) {
    if (method !== 'POST') return list(patching.freezes);
    const {
      scope = {},
      reason,
      startsAt = at,
      endsAt = null,
    } = body as CreateFreezeRequest & { endsAt?: string | null };
    const freeze: Freeze = {
      id: patching.newId(),
      scope,
      scopeInWords: Object.keys(scope).length === 0 ? 'the whole fleet' : 'some endpoints',
      reason,
      startsAt,
      endsAt,
      createdAt: at,
      createdBy: 'operator',
      endedAt: null,
      endedBy: null,
      active: startsAt <= at,
      endpointCount: state.fleet.length,
    };
    patching.freezes.unshift(freeze);
    state.emit({ kind: 'policies-changed' });
    return { status: 201, body: freeze };
  }
  const index = patching.freezes.findIndex((one) => one.id === id);
  const freeze = patching.freezes[index];
  if (freeze === undefined) return notFound;
  const ended = { ...freeze, active: false, endedAt: at, endedBy: 'operator' };
  patching.freezes[index] = ended;
  state.emit({ kind: 'policies-changed' });
  return ok(ended);
}

function calendars(state: FakeState, { method, id, body }: Asked): Answer {
  const { patching } = state;
  if (id === undefined) return list(patching.calendars);
  const index = patching.calendars.findIndex(({ name }) => name === id);
  if (method === 'DELETE') {
    patching.calendars.splice(index, 1);
    return { status: 204 };
  }
  const { ics } = body as { ics: string };
  if (!ics.includes('BEGIN:VCALENDAR'))
    return {
      status: 422,
      problem: {
        code: 'calendar-invalid',
        title: 'This is no calendar',
        detail: 'It does not begin with BEGIN:VCALENDAR.',
      },
    };
  const calendar = {
    name: id,
    changedAt: new Date(state.now()).toISOString(),
    changedBy: 'operator',
    eventCount: ics.split('BEGIN:VEVENT').length - 1,
    gaps: [],
    next: [],
    usedBy: [],
  };
  patching.calendars.splice(index < 0 ? patching.calendars.length : index, index < 0 ? 0 : 1, calendar);
  return ok(calendar);
}

function simulations({ patching }: FakeState, { method, id, body }: Asked): Answer {
  if (id === undefined) return { status: 202, body: patching.simulate(body as SimulateRequest) };
  const job = patching.simulations.get(id);
  if (job === undefined) return notFound;
  if (method !== 'DELETE') return ok(job);
  patching.simulations.delete(id);
  return { status: 204 };
}

function ofEndpoint({ patching, fleet, now }: FakeState, { id, part }: Asked): Answer {
  const found = fleet.find((one) => one.summary.id === id);
  const [policy] = patching.policies;
  if (found === undefined || policy === undefined) return notFound;
  return ok(
    part === 'why'
      ? whyOf(found, policy.summary, patching.rollouts, now())
      : policyOfEndpoint(
          patching.policies.map(({ summary }) => summary),
          patching.rollouts[0]?.members.find(({ endpointId }) => endpointId === id)?.ring ?? null,
        ),
  );
}
