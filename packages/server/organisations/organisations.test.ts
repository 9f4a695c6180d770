import { ORGANISATION_HEADER } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestCaller, personWith } from '../access/testing/person-with.ts';
import { ROUTE_PERMISSIONS } from '../access/permissions/route-permissions.ts';
import { SERVER_WIDE_ROUTES } from '../access/permissions/server-wide.ts';
import { STAGES } from '../stages.ts';
import { type TestServer, startTestServer } from '../testing.ts';

let server: TestServer;
let owner: TestCaller;
let provider: TestCaller;

beforeAll(async () => {
  server = await startTestServer({ stages: STAGES });
  owner = await personWith(server, ['owner']);
  provider = await personWith(server, [{ roleId: 'owner', includeClients: true }]);
});
afterAll(() => server.stop());

const make = async (by: TestCaller, name: string, parentId?: string): Promise<string> => {
  const headers = parentId === undefined ? {} : { [ORGANISATION_HEADER]: parentId };
  const made = await by.call('POST', '/organisations', { name }, headers);
  expect(made).toMatchObject({ status: 201, json: { name } });
  return String(made.json['id']);
};
const namesOf = async (caller: TestCaller): Promise<readonly string[]> => {
  const { json } = await caller.call('GET', '/organisations');
  return (json['items'] as { name: string }[]).map(({ name }) => name);
};

describe('a client', () => {
  test('is entered by who made it, and by a provider’s people whose role holds in clients', async () => {
    const id = await make(owner, 'Alder');
    const plain = await personWith(server, ['administrator']);
    const within = { [ORGANISATION_HEADER]: id };
    for (const caller of [owner, provider])
      expect(await caller.call('GET', '/session', undefined, within)).toMatchObject({
        status: 200,
        json: { organisation: { id, name: 'Alder' } },
      });
    for (const path of ['/session', '/endpoints', '/policies'])
      expect(await plain.call('GET', path, undefined, within)).toMatchObject({
        status: 403,
        json: { code: 'not-permitted' },
      });
    expect(await namesOf(plain)).toEqual(['Default']);
    expect(await namesOf(owner)).toContain('Alder');
  });

  test('has one name among its neighbours, and no client below the third level', async () => {
    expect(await provider.call('POST', '/organisations', { name: 'alder' })).toMatchObject({ status: 409 });
    const second = await make(provider, 'Birch');
    const third = await make(provider, 'Birch North', second);
    expect(
      await provider.call('POST', '/organisations', { name: 'Too deep' }, { [ORGANISATION_HEADER]: third }),
    ).toMatchObject({ status: 409, json: { code: 'too-deep' } });
  });

  test('is named by an id that is one, and by a person, not by a token of another organisation', async () => {
    expect(await owner.call('GET', '/endpoints', undefined, { [ORGANISATION_HEADER]: '*' })).toMatchObject({
      status: 400,
      json: { code: 'bad-organisation' },
    });
    const id = await make(owner, 'Cedar');
    const token = await owner.call('POST', '/tokens', { name: 'ci', roleId: 'viewer' });
    const headers = { authorization: `Bearer ${String(token.json['secret'])}`, [ORGANISATION_HEADER]: id };
    expect((await fetch(`${server.url}/api/v1/endpoints`, { headers })).status).toBe(403);
  });
});

describe('changing', () => {
  test('a name leaves evidence on both sides; what is not below is not there', async () => {
    const id = await make(provider, 'Elm');
    expect(await provider.call('PUT', `/organisations/${id}`, { name: 'Elm Ltd' })).toMatchObject({ status: 200 });
    const { rows } = await server.context.database.pool.query<{ organisation_id: string }>(
      `select organisation_id from evidence where kind = 'organisation-renamed'`,
    );
    expect(new Set(rows.map((row) => row.organisation_id))).toEqual(new Set([id, rootId()]));
    const inside = await personWith(server, ['owner'], id);
    expect(await inside.call('PUT', `/organisations/${rootId()}`, { name: 'Mine now' })).toMatchObject({ status: 404 });
    expect(await inside.call('POST', `/organisations/${id}/archive`, { removeEndpoints: true })).toMatchObject({
      status: 409,
      json: { code: 'own-organisation' },
    });
  });

  test('an archive shuts everybody out, and needs an empty organisation', async () => {
    const id = await make(provider, 'Fir');
    const below = await make(provider, 'Fir East', id);
    const inside = await personWith(server, ['owner'], id);
    const archive = (what: string) =>
      provider.call('POST', `/organisations/${what}/archive`, { removeEndpoints: false });
    expect(await archive(id)).toMatchObject({ status: 409, json: { code: 'has-clients' } });
    expect((await archive(below)).status).toBe(200);
    expect((await archive(id)).json).toMatchObject({ archivedAt: expect.any(String) });
    expect((await inside.call('GET', '/endpoints')).status).toBe(403);
    expect((await provider.call('GET', '/endpoints', undefined, { [ORGANISATION_HEADER]: id })).status).toBe(403);
    expect(await namesOf(provider)).not.toContain('Fir');
  });
});

describe('an archived one', () => {
  const archive = (id: string) =>
    provider.call('POST', `/organisations/${id}/archive`, { removeEndpoints: false }).then(({ status }) => status);
  const restore = (id: string) => provider.call('POST', `/organisations/${id}/restore`);

  test('is brought back from above, with the roles that people had there, and evidence on both sides', async () => {
    const id = await make(provider, 'Ivy');
    const inside = await personWith(server, ['owner'], id);
    expect(await archive(id)).toBe(200);
    const archived = await provider.call('GET', '/organisations/archived');
    expect(archived.json['items']).toContainEqual(expect.objectContaining({ id, name: 'Ivy' }));
    expect((await inside.call('POST', `/organisations/${id}/restore`)).status).toBe(403);
    expect(await restore(id)).toMatchObject({ status: 200, json: { id, archivedAt: null } });
    expect((await inside.call('GET', '/endpoints')).status).toBe(200);
    const { rows } = await server.context.database.pool.query<{ organisation_id: string }>(
      `select organisation_id from evidence where kind = 'organisation-restored'`,
    );
    expect(new Set(rows.map((row) => row.organisation_id))).toEqual(new Set([id, rootId()]));
  });

  test('waits for the one above it, and for its name', async () => {
    const above = await make(provider, 'Juniper');
    const below = await make(provider, 'Juniper East', above);
    expect([await archive(below), await archive(above)]).toEqual([200, 200]);
    expect(await restore(below)).toMatchObject({ status: 409, json: { code: 'parent-archived' } });
    await make(provider, 'Juniper');
    expect(await restore(above)).toMatchObject({ status: 409, json: { code: 'name-taken' } });
  });

  test('is nobody’s who is not above it', async () => {
    const id = await make(provider, 'Kapok');
    expect(await archive(id)).toBe(200);
    const neighbour = await personWith(server, ['owner'], await make(provider, 'Larch'));
    expect((await neighbour.call('POST', `/organisations/${id}/restore`)).status).toBe(404);
    expect((await neighbour.call('GET', '/organisations/archived')).json['items']).toEqual([]);
  });
});

test('what is everybody’s is changed by the first organisation’s people alone', async () => {
  for (const route of SERVER_WIDE_ROUTES) expect(ROUTE_PERMISSIONS[route]).toBeDefined();
  const inside = await personWith(server, ['owner'], await make(owner, 'Hazel'));
  for (const path of ['/content/collect', '/feeds/debian/sync'])
    expect(await inside.call('POST', path)).toMatchObject({ status: 403, json: { code: 'server-wide' } });
});

test('the overview shows whom the caller may oversee, and nobody else', async () => {
  const id = await make(owner, 'Gum');
  const limited = await personWith(server, [{ roleId: 'viewer', labels: { site: 'bern' } }]);
  const shown = async (caller: TestCaller): Promise<readonly string[]> => {
    const { json } = await caller.call('GET', '/clients');
    return (json['items'] as { organisation: { id: string } }[]).map(({ organisation }) => organisation.id);
  };
  expect(await shown(owner)).toContain(id);
  expect(await shown(provider)).toContain(id);
  expect(await shown(limited)).toEqual([]);
  const inside = await personWith(server, ['viewer'], id);
  expect(await shown(inside)).toEqual([id]);
  expect((await inside.call('GET', '/clients')).json['items']).toEqual([
    {
      organisation: expect.objectContaining({ id, name: 'Gum' }),
      endpointCount: 0,
      staleCount: 0,
      exposedCount: 0,
      exploitedCount: 0,
      criticalCount: 0,
      haltedRolloutCount: 0,
      overdueCount: 0,
      waitingApprovalCount: 0,
      lastRunAt: null,
    },
  ]);
});

function rootId(): string {
  return server.context.defaultOrganisationId;
}
