import { BUILT_IN_ROLES } from '@thimble/protocol';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestServer, startTestServer } from '../../testing.ts';
import { type TestCaller, callWith, personWith } from '../testing/person-with.ts';

const DAY_MS = 86_400_000;

let server: TestServer;
let owner: TestCaller;
let operator: TestCaller;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  owner = await personWith(server, ['owner']);
  operator = await personWith(server, ['operator']);
});

async function make(by: TestCaller, body: object) {
  const reply = await by.call('POST', '/tokens', { name: 'ci', ...body });
  const secret = String(reply.json['secret']);
  const id = String((reply.json['token'] as { id?: string } | undefined)?.id);
  const call = (method: string, path: string, json?: unknown) =>
    callWith(server, { authorization: `Bearer ${secret}` }, method, path, json);
  const permissions = async () => (await call('GET', '/session')).json['permissions'];
  return { ...reply, id, call, permissions };
}
const regrant = (person: TestCaller, ...roles: readonly string[]) =>
  owner.call('PUT', `/people/${person.personId}/grants`, {
    grants: roles.map((roleId) => ({ roleId, labels: null, includeClients: false })),
  });

describe('what a token may', () => {
  test('it is a viewer for 90 days when nothing is said', async () => {
    const { json, permissions } = await make(operator, {});
    const { createdAt, expiresAt, roleName, createdBy } = json['token'] as Record<string, string>;
    expect(Date.parse(expiresAt ?? '') - Date.parse(createdAt ?? '')).toBe(90 * DAY_MS);
    expect({ roleName, createdBy }).toEqual({ roleName: 'viewer', createdBy: operator.name });
    expect(await permissions()).toEqual([...BUILT_IN_ROLES.viewer.permissions]);
  });

  test('never more than its maker: not when it is made, and not when it is used', async () => {
    for (const body of [{ roleId: 'owner' }, { roleId: 'administrator' }, { permissions: ['runs:approve'] }])
      expect(await make(operator, body)).toMatchObject({ status: 403, json: { code: 'beyond-yourself' } });
    const token = await make(operator, { permissions: ['runs:propose', 'runs:read'] });
    expect(await token.permissions()).toEqual(['runs:read', 'runs:propose']);
    await regrant(operator, 'viewer');
    expect(await token.permissions()).toEqual(['runs:read']);
    await regrant(operator);
    expect(await token.permissions()).toEqual([]);
  });

  test('it ends with the person who made it', async () => {
    const token = await make(operator, {});
    await sql`update person set disabled_at = now() where id = ${operator.personId}`.execute(
      server.context.database.kysely,
    );
    expect(await token.call('GET', '/session')).toMatchObject({ status: 401, json: { code: 'bad-token' } });
  });

  test('it makes no token, and gives its maker’s roles to nobody beyond itself', async () => {
    const token = await make(owner, { permissions: ['people:read', 'people:write', 'tokens:write'] });
    expect(await token.call('POST', '/tokens', { name: 'heir' })).toMatchObject({
      status: 403,
      json: { code: 'only-people' },
    });
    const grants = [{ roleId: 'owner', labels: null, includeClients: false }];
    expect((await token.call('PUT', `/people/${operator.personId}/grants`, { grants })).status).toBe(403);
  });

  test('a request names neither its organisation, nor its maker, nor role and permissions at once', async () => {
    for (const extra of [{ organisationId: server.context.newId() }, { personId: owner.personId }, { useCount: 9 }])
      expect((await make(operator, extra)).status).toBe(400);
    expect(await make(operator, { roleId: 'viewer', permissions: ['runs:read'] })).toMatchObject({ status: 422 });
    expect((await make(operator, { permissions: ['everything'] })).status).toBe(400);
    expect((await make(operator, { expiresInHours: 24 * 400 })).status).toBe(400);
  });
});

describe('who sees and revokes tokens', () => {
  test('one’s own; all of them for who looks after people; always with evidence and never a secret', async () => {
    const mine = await make(operator, {});
    const theirs = await make(owner, {});
    const ids = async (caller: TestCaller) =>
      ((await caller.call('GET', '/tokens')).json['items'] as { id: string }[]).map(({ id }) => id);
    expect(await ids(operator)).toEqual([mine.id]);
    expect(await ids(owner)).toEqual(expect.arrayContaining([mine.id, theirs.id]));
    expect((await operator.call('DELETE', `/tokens/${theirs.id}`)).status).toBe(404);
    expect((await owner.call('DELETE', `/tokens/${mine.id}`)).status).toBe(204);
    expect(await mine.call('GET', '/session')).toMatchObject({ status: 401 });
    const { rows } = await server.context.database.pool.query('select kind, summary, detail from evidence');
    const text = JSON.stringify(rows);
    expect(text).toContain(`${owner.name} revoked the API token ci`);
    expect(text).not.toContain(String(theirs.json['secret']));
  });
});
