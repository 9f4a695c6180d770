import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../../testing.ts';
import { DEFAULT_PERSON_ID } from '../tables.ts';
import { type TestCaller, personWith } from '../testing/person-with.ts';

let server: TestServer;
let owner: TestCaller;
let administrator: TestCaller;

beforeAll(async () => {
  server = await startTestServer();
  owner = await personWith(server, ['owner']);
  administrator = await personWith(server, ['administrator']);
});
afterAll(() => server.stop());

const give = (by: TestCaller, to: { readonly personId: string }, ...grants: readonly object[]) =>
  by.call('PUT', `/people/${to.personId}/grants`, {
    grants: grants.map((grant) => ({ labels: null, includeClients: false, ...grant })),
  });
const evidence = async (kind: string): Promise<string[]> => {
  const { rows } = await server.context.database.pool.query<{ summary: string }>(
    'select summary from evidence where kind = $1 order by sequence',
    [kind],
  );
  return rows.map(({ summary }) => summary);
};

describe('giving and taking roles', () => {
  test('what a person may follows at once, with evidence, and repeating it changes nothing', async () => {
    const person = await personWith(server, []);
    expect(await person.call('GET', '/roles')).toMatchObject({ status: 403, json: { code: 'not-permitted' } });
    expect(await give(administrator, person, { roleId: 'auditor' })).toMatchObject({
      status: 200,
      json: { personId: person.personId, grants: [{ roleId: 'auditor', roleName: 'auditor' }] },
    });
    expect((await person.call('GET', '/roles')).status).toBe(200);
    const before = await evidence('grants-changed');
    expect(before.at(-1)).toBe(`${administrator.name} gave ${person.name} auditor`);
    await give(administrator, person, { roleId: 'auditor' });
    expect(await evidence('grants-changed')).toEqual(before);
    const all = (await owner.call('GET', '/grants')).json['items'] as { name: string; grants: { roleId: string }[] }[];
    expect(all.find(({ name }) => name === person.name)?.grants).toMatchObject([{ roleId: 'auditor' }]);
    await give(administrator, person);
    expect((await person.call('GET', '/roles')).status).toBe(403);
  });

  test('an administrator makes no owner, ends none, and gives themselves nothing more', async () => {
    for (const target of [administrator, await personWith(server, ['viewer'])])
      expect(await give(administrator, target, { roleId: 'owner' })).toMatchObject({
        status: 403,
        json: { code: 'beyond-yourself' },
      });
    expect(await give(administrator, owner, { roleId: 'viewer' })).toMatchObject({ status: 403 });
    expect(await owner.call('GET', '/roles')).toMatchObject({ status: 200 });
  });

  test('a role that one has for some endpoints is given for those alone', async () => {
    const keeper = await personWith(server, [
      { roleId: 'operator', labels: { role: 'web' } },
      { roleId: await ownRole(['people:read', 'people:write', 'organisation:read']) },
    ]);
    const helper = await personWith(server, []);
    const labels = { role: 'web', site: 'bern' };
    expect(await give(keeper, helper, { roleId: 'operator' })).toMatchObject({ status: 403 });
    expect(await give(keeper, helper, { roleId: 'operator', labels: { site: 'bern' } })).toMatchObject({ status: 403 });
    expect(await give(keeper, helper, { roleId: 'operator', labels })).toMatchObject({ status: 200 });
  });

  test('what holds in clients is given by who has it there', async () => {
    const helper = await personWith(server, []);
    expect(await give(owner, helper, { roleId: 'viewer', includeClients: true })).toMatchObject({ status: 403 });
    const provider = await personWith(server, [{ roleId: 'owner', includeClients: true }]);
    expect(await give(provider, helper, { roleId: 'viewer', includeClients: true })).toMatchObject({ status: 200 });
  });

  test('people and roles of other organisations are not there', async () => {
    const other = await otherOrganisation();
    const stranger = await personWith(server, ['owner'], other);
    expect(await give(owner, stranger, { roleId: 'viewer' })).toMatchObject({ status: 404 });
    const made = await stranger.call('POST', '/roles', { name: 'Theirs', permissions: ['runs:read'] });
    const roleId = String(made.json['id']);
    expect(await give(owner, administrator, { roleId })).toMatchObject({ status: 422, json: { code: 'unknown-role' } });
    expect((await owner.call('PUT', `/roles/${roleId}`, { name: 'Mine', permissions: [] })).status).toBe(404);
    expect((await owner.call('DELETE', `/roles/${roleId}`)).status).toBe(404);
    expect((await owner.call('GET', `/people/${stranger.personId}/grants`)).status).toBe(404);
  });

  test('nothing that a grant does not have is taken from a request', async () => {
    const other = await otherOrganisation();
    for (const extra of [{ organisationId: other }, { organisation_id: other }, { personId: owner.personId }])
      expect(await give(owner, administrator, { roleId: 'viewer', ...extra })).toMatchObject({ status: 400 });
    expect(
      await owner.call('PUT', `/people/${administrator.personId}/grants`, { grants: [], organisationId: other }),
    ).toMatchObject({ status: 400 });
  });
});

test('the last owner stays, also when two owners remove each other at once', async () => {
  const fresh = await startTestServer();
  try {
    const [one, two] = [await personWith(fresh, ['owner']), await personWith(fresh, ['owner'])];
    expect(await give(one, { personId: DEFAULT_PERSON_ID })).toMatchObject({ status: 200 });
    const replies = await Promise.all([give(one, two), give(two, one)]);
    expect(replies.map(({ status }) => status).sort()).not.toEqual([200, 200]);
    const left = [one, two].find((_, index) => replies[1 - index]?.status !== 200);
    const refused = await give(left ?? one, left ?? one, { roleId: 'administrator' });
    expect(refused).toMatchObject({ status: 409, json: { code: 'last-owner' } });
    expect(await give(left ?? one, left ?? one, { roleId: 'owner', labels: { role: 'web' } })).toMatchObject({
      status: 409,
    });
  } finally {
    await fresh.stop();
  }
});

describe('roles of an organisation', () => {
  test('made, listed with who has it, changed, and removed when nobody has it', async () => {
    const made = await owner.call('POST', '/roles', { name: 'Night shift', permissions: ['runs:read'] });
    expect(made).toMatchObject({ status: 201, json: { name: 'Night shift', builtIn: false, personCount: 0 } });
    const roleId = String(made.json['id']);
    const person = await personWith(server, [roleId]);
    expect((await person.call('GET', '/session')).json['permissions']).toEqual(['runs:read']);
    const body = { name: 'Night shift', permissions: ['runs:read', 'people:read'] };
    expect((await owner.call('PUT', `/roles/${roleId}`, body)).status).toBe(200);
    expect((await person.call('GET', '/roles')).status).toBe(200);
    expect(await owner.call('DELETE', `/roles/${roleId}`)).toMatchObject({
      status: 409,
      json: { code: 'role-in-use' },
    });
    await give(owner, person);
    expect((await owner.call('DELETE', `/roles/${roleId}`)).status).toBe(204);
  });

  test('nobody makes a role of what they lack, fills their own, or empties one that is more', async () => {
    const ownRoleId = await ownRole(['people:read', 'people:write']);
    const person = await personWith(server, [ownRoleId]);
    const more = { name: 'More', permissions: ['people:write', 'runs:approve'] };
    expect(await person.call('POST', '/roles', more)).toMatchObject({ status: 403, json: { code: 'beyond-yourself' } });
    expect(await person.call('PUT', `/roles/${ownRoleId}`, more)).toMatchObject({ status: 403 });
    const greater = await ownRole(['server:operate']);
    expect(await person.call('PUT', `/roles/${greater}`, { name: 'x', permissions: [] })).toMatchObject({
      status: 403,
    });
    expect(await person.call('DELETE', `/roles/${greater}`)).toMatchObject({ status: 403 });
  });

  test('names are taken once, whatever their case, and those of built-in roles are', async () => {
    await owner.call('POST', '/roles', { name: 'Helpers', permissions: [] });
    for (const name of ['helpers', 'Owner'])
      expect(await owner.call('POST', '/roles', { name, permissions: [] })).toMatchObject({
        status: 409,
        json: { code: 'name-taken' },
      });
  });
});

async function ownRole(permissions: readonly string[]): Promise<string> {
  const name = `Role ${server.context.newId()}`;
  return String((await owner.call('POST', '/roles', { name, permissions })).json['id']);
}

async function otherOrganisation(): Promise<string> {
  const id = server.context.newId();
  await sql`insert into organisation (id, name) values (${id}, 'Other')`.execute(server.context.database.kysely);
  return id;
}

describe('accounts of people who may do more', () => {
  test('nobody makes a link for them, changes or enables them; not in another organisation either', async () => {
    const other = await otherOrganisation();
    const technician = await personWith(server, ['viewer']);
    await sql`
      insert into access_grant (id, person_id, organisation_id, role_id, created_at, created_by)
      values (${server.context.newId()}, ${technician.personId}, ${other}, 'owner', now(), 'test')`.execute(
      server.context.database.kysely,
    );
    const away = await personWith(server, ['owner']);
    await sql`update person set disabled_at = now() where id = ${away.personId}`.execute(
      server.context.database.kysely,
    );
    const inClients = await personWith(server, [{ roleId: 'viewer', includeClients: true }]);
    for (const { personId } of [owner, technician, away, inClients]) {
      const refused = { status: 403, json: { code: 'beyond-yourself' } };
      expect(await administrator.call('POST', `/people/${personId}/link`)).toMatchObject(refused);
      expect(await administrator.call('PUT', `/people/${personId}`, { disabled: false })).toMatchObject(refused);
      expect(await administrator.call('PUT', `/people/${personId}`, { login: 'taken-over' })).toMatchObject(refused);
      expect(await administrator.call('DELETE', `/people/${personId}/sessions`)).toMatchObject(refused);
    }
  });
});
