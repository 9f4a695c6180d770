import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AgentContentReply, AGENT_API } from '@thimble/protocol';
import { printTicket } from '@thimble/protocol/signing';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { FakeAgent } from '../../testing.ts';
import { digestOf, type SeededRepository, seedOrganisation, seedRepository } from '../../testing/seed-content.ts';
import { storeFile } from '../../testing/store-file.ts';
import { settle, startTestFleet, type TestFleet } from '../../testing/test-fleet.ts';
import { contentOf } from '../content.ts';

const LARGE = Buffer.alloc(400_000, 'The quick brown fox. ');
let fleet: TestFleet;
let organisationId: string;
let upstream: Server;
let asked: string[] = [];
let counter = 0;
let web: FakeAgent;
let ticket: string;
let repository: SeededRepository;

beforeAll(async () => {
  fleet = await startTestFleet();
  organisationId = fleet.context.defaultOrganisationId;
  upstream = createServer((request, response) => {
    asked.push(request.url ?? '');
    const cold = /cold-\d+\.deb$/.test(request.url ?? '');
    response.writeHead(cold ? 200 : 404, cold ? { 'content-length': LARGE.length } : {});
    response.end(cold ? LARGE : '');
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  upstream.closeAllConnections();
  await new Promise((resolve) => upstream.close(resolve));
  await fleet.stop();
});
beforeEach(async () => {
  counter += 1;
  asked = [];
  web = await fleet.agent(`web${counter}`);
  ticket = (await ask()).ticket;
  repository = await seedRepository(fleet.context, organisationId, `repo${counter}`, {
    packages: [
      {
        name: `warm${counter}`,
        path: `pool/warm-${counter}.deb`,
        sha256: await put(`warm ${counter}`),
        sizeBytes: `warm ${counter}`.length,
      },
      { name: `cold${counter}`, path: `pool/cold-${counter}.deb`, sha256: digestOf(LARGE), sizeBytes: LARGE.length },
      { name: `lost${counter}`, path: `pool/lost-${counter}.deb` },
    ],
  });
  const { port } = upstream.address() as AddressInfo;
  await fleet.context.database.pool.query('update content_repository set uris = $2 where id = $1', [
    repository.repositoryId,
    [`http://127.0.0.1:${port}/${counter}/debian/`],
  ]);
  await (await contentOf(fleet.context)).heedRepositories();
});

const put = (text: string): Promise<string> => storeFile(fleet.context, text);
const ask = async (agent = web): Promise<AgentContentReply> => {
  const reply = await agent.send({ method: 'POST', path: '/content' });
  expect(reply.status).toBe(200);
  return reply.json as AgentContentReply;
};
const at = (path: string): string => `/content/revisions/${repository.revisionIds[0]}/${path}`;
const get = async (path: string, headers: Record<string, string> = bearer(ticket), method = 'GET') => {
  const reply = await fetch(fleet.url + path, { method, headers });
  const text = await reply.text();
  const isProblem = reply.headers.get('content-type') === 'application/problem+json';
  const problem = isProblem && text !== '' ? (JSON.parse(text) as { code: string; detail: string }) : null;
  return { status: reply.status, headers: reply.headers, text, code: problem?.code, detail: problem?.detail };
};
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const basic = (secret: string) => ({ authorization: `Basic ${Buffer.from(`any:${secret}`).toString('base64')}` });
const warm = () => at(`pool/warm-${counter}.deb`);
const usage = async () => {
  const { rows } = await fleet.context.database.pool.query<Record<string, number>>(
    `select sum(requests)::bigint as requests, sum(hits)::bigint as hits, sum(served_bytes)::bigint as served,
       sum(upstream_bytes)::bigint as upstream from content_usage where repository_id = $1`,
    [repository.repositoryId],
  );
  return rows[0];
};

describe('GET /content/revisions/:id/…', () => {
  test('serves a stored file with its digest, in parts, and as unchanged', async () => {
    const whole = await get(warm());
    expect(whole).toMatchObject({ status: 200, text: `warm ${counter}` });
    expect(whole.headers.get('etag')).toBe(`"${digestOf(`warm ${counter}`)}"`);
    expect(whole.headers.get('cache-control')).toContain('immutable');
    expect(whole.headers.get('set-cookie')).toBeNull();
    expect(await get(warm(), { ...bearer(ticket), range: 'bytes=0-3' })).toMatchObject({ status: 206, text: 'warm' });
    const etag = whole.headers.get('etag') ?? '';
    expect(await get(warm(), { ...bearer(ticket), 'if-none-match': etag })).toMatchObject({ status: 304, text: '' });
    const head = await get(warm(), bearer(ticket), 'HEAD');
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers.get('content-length')).toBe(String(`warm ${counter}`.length));
  });

  test('gets what is not here once, however many ask, and then serves it from the store', async () => {
    const cold = at(`pool/cold-${counter}.deb`);
    const replies = await Promise.all(Array.from({ length: 8 }, () => get(cold)));
    expect(replies.map(({ status, text }) => [status, text.length])).toEqual(
      Array.from({ length: 8 }, () => [200, LARGE.length]),
    );
    expect(asked).toEqual([`/${counter}/debian/pool/cold-${counter}.deb`]);
    expect((await get(cold)).text).toHaveLength(LARGE.length);
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  test('says what upstream does, and by whom: nothing unverified comes out', async () => {
    const reply = await get(at(`pool/lost-${counter}.deb`));
    expect(reply).toMatchObject({ status: 502, code: 'missing' });
  });

  test('404: what the revision has not, and what another organisation has', async () => {
    expect(await get(at('pool/none.deb'))).toMatchObject({ status: 404, code: 'not-found' });
    expect(await get('/content/revisions/00000000-0000-7000-8000-000000000000/x')).toMatchObject({ status: 404 });
    const other = await seedOrganisation(fleet.context, `tenant${counter}`);
    const theirs = await seedRepository(fleet.context, other, `theirs${counter}`, {
      packages: [{ name: 'secret', path: 'pool/secret.deb', sha256: await put(`secret ${counter}`), sizeBytes: 8 }],
    });
    expect(await get(`/content/revisions/${theirs.revisionIds[0]}/pool/secret.deb`)).toMatchObject({ status: 404 });
    expect(await get(`/content/objects/${digestOf(`secret ${counter}`)}`)).toMatchObject({ status: 404 });
  });

  test('400 and 405: an address that means two things, a method that changes something', async () => {
    expect(await get(at('pool%2f..%2fx'))).toMatchObject({ status: 400, code: 'unsafe-path' });
    expect(await get(warm(), bearer(ticket), 'DELETE')).toMatchObject({ status: 405, code: 'method-not-allowed' });
  });

  test('of a repository that was removed goes on as long as it is frozen', async () => {
    await fleet.context.database.pool.query('update content_repository set removed_at = now() where id = $1', [
      repository.repositoryId,
    ]);
    expect(await get(warm())).toMatchObject({ status: 200 });
  });
});

describe('GET /content/objects/:sha256', () => {
  test('serves packages and metadata of the own organisation', async () => {
    expect(await get(`/content/objects/${digestOf(`warm ${counter}`)}`)).toMatchObject({
      status: 200,
      text: `warm ${counter}`,
    });
    const metadata = await put(`repo${counter} 1`);
    expect(await get(`/content/objects/${metadata}`)).toMatchObject({ status: 200, text: `repo${counter} 1` });
    expect(await get(`/content/objects/${'0'.repeat(64)}`)).toMatchObject({ status: 404 });
  });
});

describe('who may read', () => {
  test('401: nobody without a credential, and not with one that does not hold', async () => {
    const claims = {
      format: 1,
      id: fleet.context.newId(),
      organisationId,
      endpointId: web.id,
      site: null,
      issuedAt: '2020-01-01T00:00:00.000Z',
      expiresAt: '2020-01-08T00:00:00.000Z',
    } as const;
    const expired = printTicket(claims, fleet.context.orderKey);
    const forged = printTicket({ ...claims, expiresAt: '2999-01-01T00:00:00.000Z' }, web.key);
    for (const headers of [
      {},
      bearer('x'.repeat(43)),
      bearer(expired),
      bearer(forged),
      { authorization: 'Digest x' },
    ]) {
      const reply = await get(warm(), headers as Record<string, string>);
      expect(reply).toMatchObject({ status: 401, code: 'unauthorised' });
      expect(reply.headers.get('www-authenticate')).toBe('Basic realm="Thimble content"');
    }
  });

  test('a ticket as password of any user, an API token, a relay’s token', async () => {
    expect(await get(warm(), basic(ticket))).toMatchObject({ status: 200 });
    const { json } = await fleet.call('POST', '/tokens', { name: 'reader' });
    expect(await get(warm(), basic(String(json['secret'])))).toMatchObject({ status: 200 });
    expect(await get(warm(), bearer(String(json['secret'])))).toMatchObject({ status: 200 });
    const relay = await fleet.call('POST', '/content/relays', { name: `relay${counter}` });
    expect(await get(warm(), bearer(String(relay.json['token'])))).toMatchObject({ status: 200 });
  });

  test('a removed endpoint’s ticket counts no more', async () => {
    expect(await get(warm())).toMatchObject({ status: 200 });
    await fleet.call('DELETE', `/endpoints/${web.id}`);
    await settle(async () => (await get(warm())).status === 401);
  });
});

describe('a recalled version', () => {
  const block = (name: string, version = '1.0') =>
    fleet.call('POST', '/content/blocks', { name, version, reason: 'breaks TLS' });

  test('451 for its file in every revision and by its digest, until the block is lifted', async () => {
    expect(await get(warm())).toMatchObject({ status: 200 });
    const { json } = await block(`warm${counter}`);
    for (const path of [warm(), `/content/objects/${digestOf(`warm ${counter}`)}`])
      expect(await get(path)).toMatchObject({
        status: 451,
        code: 'blocked',
        detail: `warm${counter} 1.0 was recalled: breaks TLS`,
      });
    expect(await get(at(`pool/cold-${counter}.deb`))).toMatchObject({ status: 200 });
    await fleet.call('DELETE', `/content/blocks/${String(json['id'])}`);
    expect(await get(warm())).toMatchObject({ status: 200 });
  });

  test('by digest only when all that has these bytes is recalled', async () => {
    const again = await seedRepository(fleet.context, organisationId, `again${counter}`, {
      packages: [
        {
          name: `twin${counter}`,
          path: 'pool/twin.deb',
          sha256: digestOf(`warm ${counter}`),
          sizeBytes: `warm ${counter}`.length,
        },
      ],
    });
    await block(`warm${counter}`);
    expect(await get(warm())).toMatchObject({ status: 451 });
    expect(await get(`/content/objects/${digestOf(`warm ${counter}`)}`)).toMatchObject({ status: 200 });
    await block(`twin${counter}`);
    expect(await get(`/content/objects/${digestOf(`warm ${counter}`)}`)).toMatchObject({ status: 451 });
    expect(await get(`/content/revisions/${again.revisionIds[0]}/pool/twin.deb`)).toMatchObject({ status: 451 });
  });
});

describe('POST /agent/content', () => {
  const hello = (token: string, url: string) =>
    fetch(`${fleet.url}/api/v1/relay/hello`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer(token) },
      body: JSON.stringify({
        version: '1',
        url,
        certificateSha256: 'a'.repeat(64),
        startedAt: '2026-01-01T00:00:00.000Z',
        cacheBytes: 0,
        cacheLimitBytes: 0,
        objectCount: 0,
        freeBytes: null,
        sequence: 0,
        usage: [],
      }),
    });

  test('names relays that are there of the endpoint’s network and site, then the server', async () => {
    const made = async (name: string, rest: object): Promise<void> => {
      const { json } = await fleet.call('POST', '/content/relays', { name: `${name}${counter}`, ...rest });
      expect((await hello(String(json['token']), `https://${name}.example:8444/`)).status).toBe(200);
    };
    await made('wide', { networks: ['127.0.0.0/8'] });
    await made('near', { networks: ['127.0.0.0/24', '10.0.0.0/8'] });
    await made('site', { site: `bern${counter}` });
    await made('far', { site: 'elsewhere', networks: ['10.0.0.0/8'] });
    await made('nobodys', {});
    await fleet.call('POST', '/content/relays', { name: `silent${counter}`, networks: ['127.0.0.0/8'] });
    expect(await fleet.call('PUT', `/endpoints/${web.id}/asset`, { site: `bern${counter}` })).toMatchObject({
      status: 200,
      json: { site: `bern${counter}` },
    });
    const reply = await ask();
    expect(reply.places).toEqual([
      { kind: 'relay', name: `near${counter}`, url: 'https://near.example:8444', certificateSha256: 'a'.repeat(64) },
      { kind: 'relay', name: `wide${counter}`, url: 'https://wide.example:8444', certificateSha256: 'a'.repeat(64) },
      { kind: 'relay', name: `site${counter}`, url: 'https://site.example:8444', certificateSha256: 'a'.repeat(64) },
      { kind: 'server', name: 'server', url: fleet.context.publicUrl, certificateSha256: null },
    ]);
    expect(Date.parse(reply.expiresAt) - Date.now()).toBeGreaterThan(6 * 24 * 3_600_000);
    await fleet.context.database.pool.query('update content_relay set removed_at = now()');
  });

  test('is for agents only', async () => {
    expect((await fetch(`${fleet.url}${AGENT_API}/content`, { method: 'POST' })).status).toBe(401);
  });
});

test('open content is a decision: everybody reads, blocks count, a bad credential is refused all the same', async () => {
  const open = await startTestFleet({ settings: { contentAccess: 'open' } });
  try {
    await storeFile(open.context, 'open');
    const other = await seedOrganisation(open.context, 'tenant');
    const { revisionIds } = await seedRepository(open.context, other, 'open', {
      packages: [
        { name: 'open', path: 'pool/open.deb', sha256: digestOf('open'), sizeBytes: 4 },
        { name: 'recalled', path: 'pool/recalled.deb' },
      ],
    });
    await open.context.database.pool.query(
      `insert into content_block (id, organisation_id, name, version, reason, created_at, created_by)
       values ($1, $2, 'recalled', '1.0', 'theirs', now(), 'them')`,
      [open.context.newId(), other],
    );
    await open.context.events.publish({ organisationId: other, topic: 'content-blocks', key: other });
    const read = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${open.url}/content/revisions/${revisionIds[0]}/${path}`, { headers }).then(({ status }) => status);
    expect(await read('pool/open.deb')).toBe(200);
    await settle(async () => (await read('pool/recalled.deb')) === 451);
    expect(await read('pool/open.deb', bearer('thimble_token_nobody'))).toBe(401);
    expect((await open.call('GET', '/content')).json).toMatchObject({ access: 'open' });
  } finally {
    await open.stop();
  }
});

test('counts what was served and what came from upstream, by repository and site', async () => {
  await fleet.call('PUT', `/endpoints/${web.id}/asset`, { site: `basel${counter}` });
  const { ticket: placed } = await ask();
  const length = `warm ${counter}`.length;
  await get(warm(), bearer(placed));
  await get(warm(), { ...bearer(placed), range: 'bytes=0-3' });
  await get(warm(), bearer(placed), 'HEAD');
  await get(at('none'), bearer(placed));
  await settle(async () => (await usage())?.['requests'] === 2, 200);
  expect(await usage()).toEqual({ requests: 2, hits: 2, served: length + 4, upstream: 0 });
  const { json } = await fleet.call('GET', '/content/savings?by=site');
  expect((json['items'] as { key: string }[]).find(({ key }) => key === `basel${counter}`)).toEqual({
    key: `basel${counter}`,
    label: `basel${counter}`,
    upstreamBytes: 0,
    servedBytes: length + 4,
    requests: 2,
    hits: 2,
  });
});
