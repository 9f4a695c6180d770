import type {
  AdmissionRequest,
  AgentVersionDecision,
  CreateEnrolmentTokenRequest,
  EnrolmentRules,
  EnrolmentToken,
} from '@thimble/protocol';
import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';
import { seeded } from '../fixtures/random.ts';
import { decided, fakeAgentUpdates } from './fake-agent-updates.ts';
import { fakeIdentity } from './fake-enrolment.ts';
import { fakeOrderKeys } from './fake-order-keys.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });
const HOUR_MS = 3_600_000;

/** Who gets in, and who an endpoint is. @returns undefined: not about that. */
export function answerEnrolment(state: FakeState, method: string, path: string, body: unknown): Answer | undefined {
  const [stage, id, part] = path.split('/').slice(1);
  if (stage === 'agent-updates') return agents(state, body);
  if (stage === 'order-keys') return ok(fakeOrderKeys(state.fleet, state.now));
  if (stage === 'enrolment-tokens') return tokens(state, method, id, body);
  if (stage === 'enrolment') return id === undefined ? rules(state, method, body) : queue(state, id, body);
  if (stage !== 'endpoints' || id === undefined) return undefined;
  return decisions(state, id, part, body);
}

function agents({ enrolment, fleet, now }: FakeState, body: unknown): Answer {
  enrolment.agents ??= fakeAgentUpdates(fleet, now);
  if (body !== undefined) enrolment.agents = decided(enrolment.agents, body as AgentVersionDecision);
  return ok(enrolment.agents);
}

function rules({ enrolment }: FakeState, method: string, body: unknown): Answer {
  if (method === 'PUT') enrolment.rules = body as EnrolmentRules;
  return ok(enrolment.rules);
}

function queue({ enrolment }: FakeState, what: string, body: unknown): Answer {
  const { waiting } = enrolment;
  if (what === 'waiting') return ok({ items: waiting, total: waiting.length });
  const asked = new Set((body as AdmissionRequest).endpoints);
  const left = waiting.filter(({ id }) => !asked.has(id));
  const changed = waiting.length - left.length;
  waiting.splice(0, waiting.length, ...left);
  return ok({ changed });
}

function decisions(state: FakeState, id: string, what: string | undefined, body: unknown): Answer | undefined {
  const endpoint = state.fleet.find(({ summary }) => summary.id === id);
  if (endpoint === undefined) return undefined;
  const { identities } = state.enrolment;
  const identity = identities.get(id) ?? fakeIdentity(endpoint, state.now);
  switch (what) {
    case 'identity':
      return ok(identity);
    case 'separate':
      identities.set(id, { ...identity, keeping: (body as { bootId: string }).bootId });
      return ok(identities.get(id));
    case 'quarantine':
      endpoint.summary = {
        ...endpoint.summary,
        standing: 'quarantined',
        explanation: `in quarantine: ${(body as { reason: string }).reason}`,
      };
      return ok(fakeIdentity(endpoint, state.now));
    case 'release': {
      const { standing: _, ...rest } = endpoint.summary;
      endpoint.summary = rest;
      return ok(fakeIdentity(endpoint, state.now));
    }
    default:
      return undefined;
  }
}

function tokens({ enrolment, now }: FakeState, method: string, id: string | undefined, body: unknown): Answer {
  const list = enrolment.tokens;
  if (method === 'DELETE') {
    const at = list.findIndex((token) => token.id === id);
    if (at >= 0) list.splice(at, 1);
    return { status: 204 };
  }
  if (method !== 'POST') return ok({ items: list });
  const random = seeded(list.length + 500);
  const { name, expiresInHours = 168, maximumUses = null, ...scope } = body as CreateEnrolmentTokenRequest;
  const token: EnrolmentToken = {
    id: random.uuid(),
    name,
    createdAt: new Date(now()).toISOString(),
    expiresAt: expiresInHours === null ? null : new Date(now() + expiresInHours * HOUR_MS).toISOString(),
    lastUsedAt: null,
    useCount: 0,
    maximumUses,
    labels: scope.labels ?? {},
    groups: scope.groups ?? [],
    site: scope.site ?? '',
    networks: scope.networks ?? [],
    approve: scope.approve ?? false,
  };
  list.unshift(token);
  const secret = `thimble_enrol_${random.hex(32)}`;
  return {
    status: 201,
    body: { token, secret, command: `thimble agent enroll --server https://thimble --token ${secret}` },
  };
}
