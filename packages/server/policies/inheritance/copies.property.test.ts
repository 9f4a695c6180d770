import { ORGANISATION_HEADER } from '@thimble/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestCaller, personWith } from '../../access/testing/person-with.ts';
import { STAGES } from '../../stages.ts';
import { type TestServer, startTestServer } from '../../testing.ts';

const MOST_ORGANISATIONS = 7;
const MODES = ['none', 'inherit', 'enforced'] as const;

/** What the rule says, written without a database: organisations with their own policies by name. */
interface Modelled {
  readonly id: string;
  readonly above: Modelled | null;
  archived: boolean;
  readonly own: Map<string, { readonly mode: (typeof MODES)[number]; readonly priority: number }>;
}

function lineAbove({ above }: Modelled): readonly Modelled[] {
  return above === null ? [] : [above, ...lineAbove(above)];
}

function originOf(organisation: Modelled, name: string): Modelled | undefined {
  const line = lineAbove(organisation);
  return (
    line.findLast(({ own }) => own.get(name)?.mode === 'enforced') ??
    (organisation.own.has(name) ? undefined : line.find(({ own }) => (own.get(name)?.mode ?? 'none') !== 'none'))
  );
}

const isEnforced = (organisation: Modelled, name: string): boolean =>
  originOf(organisation, name)?.own.get(name)?.mode === 'enforced';

const copiesOf = (organisation: Modelled) =>
  organisation.archived
    ? []
    : ['one', 'two'].flatMap((name) => {
        const origin = originOf(organisation, name);
        return origin === undefined ? [] : [[name, origin.id, origin.own.get(name)?.priority]];
      });

let server: TestServer;
let technician: TestCaller;
beforeAll(async () => {
  server = await startTestServer({ stages: STAGES });
  technician = await personWith(server, [{ roleId: 'owner', includeClients: true }]);
});
afterAll(() => server.stop());

const call = (method: 'POST' | 'PUT' | 'DELETE', path: string, body: object | undefined, { id, above }: Modelled) =>
  technician.call(method, path, body, above === null ? {} : { [ORGANISATION_HEADER]: id });

async function storedOf({ id }: Modelled) {
  const { rows } = await server.context.database.pool.query<{ name: string; origin: string; priority: number }>(
    `select p.name, o.organisation_id as origin, (v.document ->> 'priority')::integer as priority
    from policy p join policy_version v on v.policy_id = p.id and v.version = p.version
    join policy o on o.id = p.origin_policy_id
    where p.organisation_id = $1 and p.removed_at is null order by p.name`,
    [id],
  );
  return rows.map(({ name, origin, priority }) => [name, origin, priority]);
}

async function idOf({ id }: Modelled, name: string, own: boolean) {
  const { rows } = await server.context.database.pool.query<{ id: string; version: number }>(
    `select id, version from policy where organisation_id = $1 and name = $2 and removed_at is null
    and (origin_policy_id is null) = $3`,
    [id, name, own],
  );
  return rows[0] ?? { id: '00000000-0000-4000-8000-000000000000', version: 0 };
}

type Step = { readonly at: number; readonly name: string; readonly priority: number } & (
  | { readonly kind: 'save'; readonly mode: (typeof MODES)[number] }
  | { readonly kind: 'remove' | 'detach' | 'create' | 'archive' | 'restore' }
);
const place = { at: fc.nat(MOST_ORGANISATIONS), name: fc.constantFrom('one', 'two'), priority: fc.nat(900) };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ ...place, kind: fc.constant('save' as const), mode: fc.constantFrom(...MODES) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      ...place,
      kind: fc.constantFrom('remove', 'detach', 'create', 'archive', 'restore'),
    }),
  },
);

async function save(at: Modelled, name: string, mode: (typeof MODES)[number], priority: number): Promise<void> {
  const clients = mode === 'none' ? '' : `clients: ${mode}\n`;
  const text = `format: 1\nname: ${name}\ncontent: endpoint\npriority: ${priority}\n${clients}`;
  const known = at.own.has(name) ? await idOf(at, name, true) : undefined;
  const { status } =
    known === undefined
      ? await call('POST', '/policies', { text }, at)
      : await call('PUT', `/policies/${known.id}`, { text, version: known.version }, at);
  const before = at.own.get(name);
  // What is saved as it is already changes nothing, wherever it stands.
  if (before?.mode === mode && before.priority === priority) expect(status).toBe(200);
  else if (isEnforced(at, name)) expect(status).toBe(409);
  else {
    expect(status).toBeLessThan(300);
    at.own.set(name, { mode, priority });
  }
}

async function detach(at: Modelled, name: string): Promise<void> {
  const origin = originOf(at, name)?.own.get(name);
  const { id } = await idOf(at, name, false);
  const { status } = await call('POST', `/policies/${id}/detach`, undefined, at);
  expect(status).toBe(origin === undefined ? 404 : origin.mode === 'enforced' ? 409 : 200);
  if (status === 200 && origin !== undefined) at.own.set(name, { mode: 'none', priority: origin.priority });
}

async function remove(at: Modelled, name: string): Promise<void> {
  const { id } = await idOf(at, name, true);
  expect((await call('DELETE', `/policies/${id}`, undefined, at)).status).toBe(at.own.delete(name) ? 204 : 404);
}

async function end(at: Modelled, known: readonly Modelled[]): Promise<void> {
  if (at.above === null) return;
  const path = `/organisations/${at.id}/archive`;
  const { status } = await call('POST', path, { removeEndpoints: false }, at.above);
  const hasClients = known.some(({ above, archived }) => above === at && !archived);
  expect(status).toBe(hasClients ? 409 : 200);
  if (status === 200) at.archived = true;
}

async function bringBack(at: Modelled): Promise<void> {
  if (at.above === null || at.above.archived) return;
  expect((await call('POST', `/organisations/${at.id}/restore`, undefined, at.above)).status).toBe(200);
  at.archived = false;
}

test('after whatever was done to policies and organisations, copies are what the rule says', async () => {
  const top: Modelled = { id: server.context.defaultOrganisationId, above: null, archived: false, own: new Map() };
  const known: Modelled[] = [top];
  const create = async (above: Modelled): Promise<void> => {
    if (known.length === MOST_ORGANISATIONS || lineAbove(above).length > 1) return;
    const { status, json } = await call('POST', '/organisations', { name: `client ${known.length}` }, above);
    expect(status).toBe(201);
    known.push({ id: String(json['id']), above, archived: false, own: new Map() });
  };
  await create(top);
  await create(known[1] ?? top);
  const take = async (one: Step): Promise<void> => {
    const at = known[one.at % known.length] ?? top;
    if (one.kind === 'restore') return at.archived ? bringBack(at) : undefined;
    if (at.archived) return;
    switch (one.kind) {
      case 'save':
        return save(at, one.name, one.mode, one.priority);
      case 'remove':
        return remove(at, one.name);
      case 'detach':
        return detach(at, one.name);
      case 'create':
        return create(at);
      case 'archive':
        return end(at, known);
    }
  };
  // One long life: what a sequence leaves is where the next one begins, so there is nothing to shrink.
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 10 }), async (steps) => {
      for (const one of steps) await take(one);
      for (const each of known) expect(await storedOf(each)).toEqual(copiesOf(each));
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
