import { ORGANISATION_HEADER, type PolicyDetail, type PolicyList, type PolicySummary } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestCaller, personWith } from '../../access/testing/person-with.ts';
import { STAGES } from '../../stages.ts';
import { type TestServer, startTestServer } from '../../testing.ts';

/** A provider, a client with a part of its own below, and another client. */
let server: TestServer;
let technician: TestCaller;
let client: string;
let part: string;
let other: string;

beforeAll(async () => {
  server = await startTestServer({ stages: STAGES });
  technician = await personWith(server, [{ roleId: 'owner', includeClients: true }]);
  client = await makeClient('Alder');
  part = await makeClient('Alder North', client);
  other = await makeClient('Birch');
});
afterAll(() => server.stop());

const acting = (organisation?: string) => (organisation === undefined ? {} : { [ORGANISATION_HEADER]: organisation });
async function makeClient(name: string, below?: string): Promise<string> {
  const made = await technician.call('POST', '/organisations', { name }, acting(below));
  expect(made.status).toBe(201);
  return String(made.json['id']);
}
const text = (name: string, more = '') => `format: 1\nname: ${name}\ncontent: endpoint\n${more}`;
const save = async (written: string, organisation?: string): Promise<PolicyDetail> => {
  const { status, json } = await technician.call('POST', '/policies', { text: written }, acting(organisation));
  expect({ status, detail: json['detail'] }).toEqual({ status: 201 });
  return json as unknown as PolicyDetail;
};
const change = async ({ summary }: PolicyDetail, written: string) => {
  const { json: now } = await technician.call('GET', `/policies/${summary.id}`);
  const { version } = (now as unknown as PolicyDetail).summary;
  return technician.call('PUT', `/policies/${summary.id}`, { text: written, version });
};
const listOf = async (organisation?: string): Promise<readonly PolicySummary[]> =>
  ((await technician.call('GET', '/policies', undefined, acting(organisation))).json as unknown as PolicyList).items;
const copyOf = async (name: string, organisation: string) =>
  (await listOf(organisation)).find((each) => each.name === name && each.inherited !== null);
const textOf = async (id: string, organisation: string): Promise<string> =>
  String((await technician.call('GET', `/policies/${id}`, undefined, acting(organisation))).json['text']);
const remove = (id: string, organisation?: string) =>
  technician.call('DELETE', `/policies/${id}`, undefined, acting(organisation));
const evidenceIn = async (organisation: string) =>
  (
    await server.context.database.pool.query<{ kind: string; summary: string }>(
      `select kind, summary from evidence where organisation_id = $1 and kind like 'policy-%' order by sequence desc limit 1`,
      [organisation],
    )
  ).rows[0];

describe('a policy for clients', () => {
  test('is followed in every organisation below in its newest version, and says whose it is', async () => {
    const made = await save(text('base', 'clients: inherit\n'));
    expect(made.summary).toMatchObject({ inherited: null, clients: 'inherit' });
    expect(made.clients?.map(({ name, state }) => [name, state])).toEqual([
      ['Alder', 'in-force'],
      ['Alder North', 'in-force'],
      ['Birch', 'in-force'],
    ]);
    for (const each of [client, part, other])
      expect(await copyOf('base', each)).toMatchObject({
        version: 1,
        inherited: { from: 'Default', enforced: false },
        clients: 'none',
      });
    expect(await evidenceIn(part)).toEqual({
      kind: 'policy-created',
      summary: `${technician.name} made the policy base that is inherited from Default`,
    });

    const second = text('base', 'clients: inherit\npriority: 7\n');
    expect((await change(made, second)).status).toBe(200);
    for (const each of [client, part, other]) {
      const copy = await copyOf('base', each);
      expect(copy).toMatchObject({ version: 2, priority: 7 });
      expect(await textOf(String(copy?.id), each)).toBe(second);
    }

    expect((await remove(made.summary.id)).status).toBe(204);
    for (const each of [client, part, other]) expect(await copyOf('base', each)).toBeUndefined();
    expect((await evidenceIn(other))?.kind).toBe('policy-removed');
  });

  test('is changed and removed where it was written alone', async () => {
    const made = await save(text('fixed', 'clients: enforced\n'));
    const copy = await copyOf('fixed', client);
    expect(copy?.inherited).toEqual({ from: 'Default', enforced: true });
    const id = String(copy?.id);
    const refused = [
      await technician.call('PUT', `/policies/${id}`, { text: text('fixed'), version: 1 }, acting(client)),
      await remove(id, client),
    ];
    for (const each of refused) expect(each).toMatchObject({ status: 409, json: { code: 'policy-inherited' } });
    expect(await technician.call('POST', `/policies/${id}/detach`, undefined, acting(client))).toMatchObject({
      status: 409,
      json: { code: 'policy-enforced' },
    });
    expect(await technician.call('POST', '/policies', { text: text('fixed') }, acting(client))).toMatchObject({
      status: 409,
      json: { code: 'name-taken' },
    });
    await remove(made.summary.id);
  });

  test('makes way for an own one of its name, and comes back after it', async () => {
    const made = await save(text('nightly', 'clients: inherit\n'));
    const before = await copyOf('nightly', client);
    const own = await save(text('nightly', 'enabled: false\n'), client);
    expect((await listOf(client)).map(({ inherited }) => inherited)).toEqual([null]);
    expect(await copyOf('nightly', part)).toMatchObject({ inherited: { from: 'Default' } });
    const { json } = await technician.call('GET', `/policies/${made.summary.id}`);
    expect((json as unknown as PolicyDetail).clients).toContainEqual(
      expect.objectContaining({ name: 'Alder', state: 'overridden' }),
    );
    await remove(own.summary.id, client);
    expect(await copyOf('nightly', client)).toMatchObject({ id: before?.id, version: 2 });
    await remove(made.summary.id);
  });

  test('is overridden for those below by a nearer one, unless it is enforced', async () => {
    const far = await save(text('weekly', 'clients: inherit\npriority: 1\n'));
    const near = await save(text('weekly', 'clients: inherit\npriority: 2\n'), client);
    expect(await copyOf('weekly', part)).toMatchObject({ priority: 2, inherited: { from: 'Alder' } });
    await change(far, text('weekly', 'clients: enforced\npriority: 1\n'));
    expect(await copyOf('weekly', part)).toMatchObject({ priority: 1, inherited: { from: 'Default', enforced: true } });
    await remove(far.summary.id);
    expect(await copyOf('weekly', part)).toMatchObject({ priority: 2, inherited: { from: 'Alder' } });
    await remove(near.summary.id, client);
  });

  test('becomes an own one when it is detached, for that organisation alone', async () => {
    const made = await save(text('monthly', 'clients: inherit # everywhere\n'));
    const id = String((await copyOf('monthly', client))?.id);
    const detached = await technician.call('POST', `/policies/${id}/detach`, undefined, acting(client));
    expect(detached).toMatchObject({
      status: 200,
      json: { summary: { id, inherited: null, clients: 'none', version: 2 }, text: text('monthly') },
    });
    await change(made, text('monthly', 'clients: inherit\npriority: 3\n'));
    expect((await listOf(client)).map(({ name, priority }) => [name, priority])).toEqual([['monthly', 100]]);
    expect(await copyOf('monthly', part)).toMatchObject({ priority: 3, inherited: { from: 'Default' } });
    expect(await technician.call('POST', `/policies/${id}/detach`, undefined, acting(client))).toMatchObject({
      status: 409,
      json: { code: 'not-inherited' },
    });
    await remove(id, client);
    await remove(made.summary.id);
  });

  test('is there for a client that is made later, renamed with whose it is, and gone with the client', async () => {
    const made = await save(text('later', 'clients: inherit\n'), client);
    const young = await makeClient('Alder South', client);
    expect(await copyOf('later', young)).toMatchObject({ inherited: { from: 'Alder' } });
    await technician.call('PUT', `/organisations/${client}`, { name: 'Alder Ltd' });
    expect(await copyOf('later', young)).toMatchObject({ version: 1, inherited: { from: 'Alder Ltd' } });
    await technician.call('POST', `/organisations/${young}/archive`, { removeEndpoints: false }, acting(client));
    const { rows } = await server.context.database.pool.query(
      'select 1 from policy where organisation_id = $1 and removed_at is null',
      [young],
    );
    expect(rows).toEqual([]);
    await remove(made.summary.id, client);
  });

  test('is decided by somebody who may decide in all of them', async () => {
    const here = await personWith(server, ['owner']);
    const written = { text: text('reaching', 'clients: inherit\n') };
    expect(await here.call('POST', '/policies', written)).toMatchObject({
      status: 403,
      json: { code: 'not-in-clients' },
    });
    const made = await save(written.text);
    expect(await here.call('DELETE', `/policies/${made.summary.id}`)).toMatchObject({ status: 403 });
    // Whoever has no role in a client does not learn that there is one.
    expect((await here.call('GET', `/policies/${made.summary.id}`)).json['clients']).toEqual([]);
    expect(await copyOf('reaching', client)).toBeDefined();
    await remove(made.summary.id);
  });
});
