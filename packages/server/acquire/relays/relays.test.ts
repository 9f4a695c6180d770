import type { CreatedRelay, RelayHello, RelayWelcome } from '@thimble/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { digestOf, seedOrganisation, seedRepository } from '../../testing/seed-content.ts';
import { startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { isInNetworks, readNetworks } from '../../http/networks.ts';

let fleet: TestFleet;
let organisationId: string;
let offsetMs = 0;
let counter = 0;
let created: CreatedRelay;
let revisionId: string;
let repositoryId: string;
const HOUR = '2026-11-20T10:00:00.000Z';

beforeAll(async () => {
  fleet = await startTestFleet({
    clock: () => new Date(Date.parse('2026-11-22T12:00:00.000Z') + offsetMs),
    settings: { sessionHours: 720 },
  });
  organisationId = fleet.context.defaultOrganisationId;
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  counter += 1;
  created = await make(`relay${counter}`);
  const seeded = await seedRepository(fleet.context, organisationId, `repo${counter}`, {
    packages: [{ name: `lib${counter}` }, { name: `lib${counter}`, version: '2.0' }],
  });
  repositoryId = seeded.repositoryId;
  revisionId = seeded.revisionIds[0] ?? '';
});

const make = async (name: string, rest: object = {}): Promise<CreatedRelay> => {
  const reply = await fleet.call('POST', '/content/relays', { name, ...rest });
  expect(reply.status).toBe(201);
  return reply.json as unknown as CreatedRelay;
};
const say = async (hello: Partial<RelayHello> = {}, token = created.token) => {
  const reply = await fetch(`${fleet.url}/api/v1/relay/hello`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      version: '0.1.0',
      url: 'https://relay.example:8444',
      certificateSha256: 'b'.repeat(64),
      startedAt: HOUR,
      cacheBytes: 5,
      cacheLimitBytes: 50,
      objectCount: 2,
      freeBytes: 1000,
      sequence: 0,
      usage: [],
      ...hello,
    }),
  });
  return { status: reply.status, json: (await reply.json()) as RelayWelcome & { code?: string } };
};
const used = (rest: Partial<RelayHello['usage'][number]> = {}): RelayHello['usage'][number] => ({
  hour: HOUR,
  organisationId,
  site: 'bern',
  revisionId,
  requests: 3,
  hits: 2,
  servedBytes: 300,
  fetchedBytes: 100,
  ...rest,
});
const rows = async () => {
  const found = await fleet.context.database.pool.query<Record<string, unknown>>(
    `select hour, repository_id, revision_id, site, requests, hits, served_bytes, fetched_bytes, upstream_bytes
     from content_usage where relay_id = $1 order by hour, site`,
    [created.relay.id],
  );
  return found.rows;
};
const listed = async () => {
  const { json } = await fleet.call('GET', '/content/relays');
  return (json['items'] as CreatedRelay['relay'][]).find(({ id }) => id === created.relay.id);
};

describe('a relay', () => {
  test('is made with a token that is shown once, in the command that starts it, and is stored as a digest only', async () => {
    expect(created.token).toMatch(/^thimble_relay_[\w-]{43}$/);
    expect(created.command).toBe(
      `thimble relay --upstream ${fleet.context.publicUrl} --ca-fingerprint ${fleet.context.caFingerprint} --token ${created.token}`,
    );
    expect(await listed()).toMatchObject({ name: `relay${counter}`, online: false, url: null, lastSeenAt: null });
    const stored = await fleet.context.database.pool.query('select * from content_relay');
    expect(JSON.stringify(stored.rows)).not.toContain(created.token);
    const { json } = await fleet.call('GET', '/evidence?limit=5');
    expect((json['items'] as { kind: string; summary: string }[])[0]).toMatchObject({
      kind: 'relay-created',
      summary: `Administrator added the relay relay${counter}`,
    });
  });

  test('409 and 422: a name that is taken, a network that is none', async () => {
    const again = await fleet.call('POST', '/content/relays', { name: `relay${counter}` });
    expect(again).toMatchObject({ status: 409, json: { code: 'name-taken' } });
    const bad = await fleet.call('POST', '/content/relays', { name: 'bad', networks: ['10.2.0.0/33'] });
    expect(bad).toMatchObject({ status: 422, json: { code: 'bad-network' } });
  });

  test('says hello and gets what it needs to go on alone', async () => {
    const { status, json } = await say();
    expect(status).toBe(200);
    const { keyid, publicKey } = fleet.context.orderKey;
    expect(json).toMatchObject({
      relayId: created.relay.id,
      name: `relay${counter}`,
      organisationIds: [organisationId],
      ticketKeys: [{ keyid, publicKey }],
      open: false,
      acknowledgedSequence: 0,
    });
    expect(await listed()).toMatchObject({
      online: true,
      url: 'https://relay.example:8444',
      cacheBytes: 5,
      cacheLimitBytes: 50,
      objectCount: 2,
      freeBytes: 1000,
    });
    offsetMs += 300_000;
    expect(await listed()).toMatchObject({ online: false });
  });

  test('sends endpoints to no address that is none of a relay', async () => {
    expect(await say({ url: 'javascript:alert(1)' })).toMatchObject({
      status: 422,
      json: { code: 'bad-relay-address' },
    });
    expect(await say({ url: 'https://relay.example\0' })).toMatchObject({ status: 400 });
    expect(await listed()).toMatchObject({ url: null, online: false });
  });

  test('breaks no page with the counts that it states', async () => {
    const absurd = { requests: Number.MAX_SAFE_INTEGER, servedBytes: Number.MAX_SAFE_INTEGER };
    const usage = Array.from({ length: 2000 }, (_, index) => used({ site: `s${index % 1500}`, ...absurd }));
    for (const sequence of [1, 2]) expect(await say({ sequence, usage })).toMatchObject({ status: 200 });
    expect(await listed()).toMatchObject({ servedBytes: Number.MAX_SAFE_INTEGER });
    for (const by of ['time', 'snapshot', 'repository', 'relay', 'site'])
      expect(await fleet.call('GET', `/content/savings?by=${by}&days=90`)).toMatchObject({
        status: 200,
        json: { servedBytes: Number.MAX_SAFE_INTEGER },
      });
    await fleet.context.database.pool.query('delete from content_usage where relay_id = $1', [created.relay.id]);
  });

  test('is told of recalled files by digest, and of removed endpoints', async () => {
    const web = await fleet.agent(`web${counter}`);
    await fleet.call('DELETE', `/endpoints/${web.id}`);
    await fleet.call('POST', '/content/blocks', { name: `lib${counter}`, version: '2.0', reason: 'bad' });
    const { json } = await say();
    expect(json.removedEndpoints).toContain(web.id);
    expect(json.blocked.filter(({ name }) => name === `lib${counter}`)).toEqual([
      {
        organisationId,
        sha256: digestOf(`pool/lib${counter}_2.0_amd64.deb`),
        revisionId: null,
        path: null,
        name: `lib${counter}`,
        version: '2.0',
        architecture: 'amd64',
      },
    ]);
  });

  test('is told of a recalled file by its paths when its bytes also are something else', async () => {
    const sha256 = digestOf(`pool/lib${counter}_2.0_amd64.deb`);
    await seedRepository(fleet.context, organisationId, `twin${counter}`, { packages: [{ name: 'twin', sha256 }] });
    await fleet.call('POST', '/content/blocks', { name: `lib${counter}`, version: '2.0', reason: 'bad' });
    const { json } = await say();
    expect(json.blocked.filter(({ name }) => name === `lib${counter}`)).toEqual([
      expect.objectContaining({ sha256: null, revisionId, path: `pool/lib${counter}_2.0_amd64.deb` }),
    ]);
  });

  test('401 once it is removed, and for anybody else', async () => {
    expect((await say({}, 'thimble_relay_nobody_nobody_nobody')).status).toBe(401);
    const { json } = await fleet.call('POST', '/tokens', { name: 'person' });
    expect((await say({}, String(json['secret']))).status).toBe(401);
    expect((await fleet.call('DELETE', `/content/relays/${created.relay.id}`)).status).toBe(204);
    expect((await say()).status).toBe(401);
    expect(await listed()).toBeUndefined();
    expect(await fleet.call('DELETE', `/content/relays/${created.relay.id}`)).toMatchObject({
      status: 404,
      json: { code: 'unknown-relay' },
    });
  });

  test('of another organisation is neither shown nor removed', async () => {
    const other = await seedOrganisation(fleet.context, `tenant${counter}`);
    await fleet.context.database.pool.query('update content_relay set organisation_id = $2 where id = $1', [
      created.relay.id,
      other,
    ]);
    expect(await listed()).toBeUndefined();
    expect((await fleet.call('DELETE', `/content/relays/${created.relay.id}`)).status).toBe(404);
    expect((await say()).json.organisationIds).toEqual([other]);
  });
});

describe('what a relay reports', () => {
  test('counts exactly once, however often it is sent, also at the same time', async () => {
    const report = {
      sequence: 1,
      usage: [used(), used({ site: null, requests: 1, hits: 0, servedBytes: 7, fetchedBytes: 7 })],
    };
    const replies = await Promise.all(Array.from({ length: 6 }, () => say(report)));
    expect(replies.map(({ status, json }) => [status, json.acknowledgedSequence])).toEqual(
      Array.from({ length: 6 }, () => [200, 1]),
    );
    await say(report);
    const common = { hour: new Date(HOUR), repository_id: repositoryId, revision_id: revisionId, upstream_bytes: 0 };
    expect(await rows()).toEqual([
      { ...common, site: '', requests: 1, hits: 0, served_bytes: 7, fetched_bytes: 7 },
      { ...common, site: 'bern', requests: 3, hits: 2, served_bytes: 300, fetched_bytes: 100 },
    ]);
    await say({ sequence: 2, usage: [used()] });
    expect((await rows())[1]).toMatchObject({ requests: 6, served_bytes: 600 });
    expect((await say({ sequence: 2, usage: [] })).json.acknowledgedSequence).toBe(2);
  });

  test('that is late or early is not lost: a report without a new number says what counted', async () => {
    await say({ sequence: 5, usage: [used()] });
    const { json } = await say({ sequence: 3, usage: [used({ requests: 1000 })] });
    expect(json.acknowledgedSequence).toBe(5);
    expect(await rows()).toHaveLength(1);
  });

  test('counts for nobody else, not in the future, and without a revision that is not its organisation’s', async () => {
    const other = await seedOrganisation(fleet.context, `tenant${counter}`);
    const theirs = await seedRepository(fleet.context, other, `theirs${counter}`);
    await say({
      sequence: 1,
      usage: [
        used({ organisationId: other }),
        used({ hour: '2999-01-01T00:00:00.000Z', revisionId: theirs.revisionIds[0] ?? null }),
      ],
    });
    const now = fleet.context.clock();
    now.setUTCMinutes(0, 0, 0);
    expect(await rows()).toEqual([
      expect.objectContaining({ hour: now, repository_id: null, revision_id: null, served_bytes: 300 }),
    ]);
  });

  test('shows as savings, in total and by relay', async () => {
    const before = (await fleet.call('GET', '/content/savings')).json;
    await say({ sequence: 1, usage: [used()] });
    const { json } = await fleet.call('GET', '/content/savings?by=relay&days=30');
    expect(json).toMatchObject({
      servedBytes: Number(before['servedBytes']) + 300,
      relayedBytes: Number(before['relayedBytes']) + 300,
      upstreamBytes: before['upstreamBytes'],
    });
    expect((json['items'] as { key: string }[]).find(({ key }) => key === created.relay.id)).toEqual({
      key: created.relay.id,
      label: `relay${counter}`,
      upstreamBytes: 100,
      servedBytes: 300,
      requests: 3,
      hits: 2,
    });
    expect(await listed()).toMatchObject({ requests: 3, hits: 2, servedBytes: 300, fetchedBytes: 100 });
    const byTime = (await fleet.call('GET', '/content/savings?by=time')).json;
    expect((byTime['items'] as { key: string }[]).map(({ key }) => key)).toContain('2026-11-20');
  });
});

describe('networks', () => {
  test.each([
    ['10.2.3.4', ['10.2.0.0/16'], true],
    ['10.3.3.4', ['10.2.0.0/16'], false],
    ['::ffff:10.2.3.4', ['10.2.0.0/16'], true],
    ['2001:db8::1', ['2001:db8::/32'], true],
    ['2001:db8::1', ['10.2.0.0/16'], false],
    ['10.2.3.4', ['::/0'], false],
    ['10.2.3.4', ['0.0.0.0/0'], true],
    ['10.2.3.4', ['10.2.3.4/32'], true],
    ['nonsense', ['0.0.0.0/0'], false],
    ['10.2.3.4', [], false],
  ])('%s in %j: %s', (address, networks, inside) => {
    expect(isInNetworks(address, networks)).toBe(inside);
  });

  test('are printed in one way, and garbage is refused', () => {
    expect(readNetworks(['10.2.0.0/16', ' 10.0.0.1 ', '2001:db8::1'])).toEqual([
      '10.2.0.0/16',
      '10.0.0.1/32',
      '2001:db8::1/128',
    ]);
    for (const text of ['', '10.2', '10.2.0.0/', '10.2.0.0/16/2', '10.2.0.0/-1', 'host/8', '::/129'])
      expect(() => readNetworks([text])).toThrow('is not a network');
  });
});
