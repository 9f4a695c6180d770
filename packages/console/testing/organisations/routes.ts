import type { FailureSharing, Organisation, SaveOrganisationRequest } from '@thimble/protocol';
import type { FakeState } from '../fake-fleet.ts';
import type { Answer } from '../fake-routes.ts';
import { FAKE_HOME, type FakeOrganisations, stateOf } from './fake-organisations.ts';

const ok = (body: unknown): Answer => ({ status: 200, body });
const notFound: Answer = { status: 404, problem: { code: 'not-found', title: 'There is no such organisation here.' } };

/** A provider and its clients. @returns undefined: not about that. */
export function answerOrganisations(
  state: FakeState,
  method: string,
  path: string,
  query: URLSearchParams,
  body: unknown,
): Answer | undefined {
  const { organisations } = state;
  const [stage, id, action] = path.split('/').slice(1);
  if (stage === 'clients') return ok({ items: [...organisations.states.values()].filter(isAlive(organisations)) });
  if (stage === 'failure-sharing') {
    if (method === 'PUT') organisations.failureSharing = (body as FailureSharing).mode;
    return ok({ mode: organisations.failureSharing });
  }
  if (stage !== 'organisations') return undefined;
  if (id === 'archived') return ok({ items: organisations.items.filter(({ archivedAt }) => archivedAt !== null) });
  if (id !== undefined) return change(state, id, method === 'PUT' ? 'rename' : action, body);
  if (method === 'GET') return ok({ items: organisations.items.filter(({ archivedAt }) => archivedAt === null) });
  const made: Organisation = {
    id: organisations.newId(),
    name: (body as SaveOrganisationRequest).name,
    parentId: query.get('organisation') ?? FAKE_HOME.id,
    createdAt: new Date(state.now()).toISOString(),
    archivedAt: null,
  };
  organisations.items.push(made);
  organisations.states.set(made.id, stateOf(made, 0, 0, state.now()));
  return { status: 201, body: made };
}

function isAlive({ items }: FakeOrganisations) {
  return ({ organisation }: { organisation: Organisation }): boolean =>
    items.some(({ id, archivedAt }) => id === organisation.id && archivedAt === null);
}

function change(state: FakeState, id: string, action: string | undefined, body: unknown): Answer {
  const { items, states } = state.organisations;
  const at = items.findIndex((one) => one.id === id);
  const before = items[at];
  if (before === undefined) return notFound;
  const endpointCount = states.get(id)?.endpointCount ?? 0;
  if (action === 'archive' && !(body as { removeEndpoints: boolean }).removeEndpoints && endpointCount > 0) {
    const detail = `${before.name} has ${endpointCount} endpoints.`;
    return { status: 409, problem: { code: 'has-endpoints', title: 'It has endpoints', detail } };
  }
  const after = { ...before, ...changes(action, body, state.now()) };
  items[at] = after;
  return ok(after);
}

function changes(action: string | undefined, body: unknown, nowMs: number): Partial<Organisation> {
  if (action === 'archive') return { archivedAt: new Date(nowMs).toISOString() };
  if (action === 'restore') return { archivedAt: null };
  return { name: (body as SaveOrganisationRequest).name };
}
