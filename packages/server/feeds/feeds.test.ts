import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Feed } from '@thimble/advisories';
import type { FeedList, FeedSummary, VulnerabilityList } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assessNow } from '../assess/index.ts';
import { STAGES } from '../stages.ts';
import { fakeAdvisory, fakeClaim } from '../testing.ts';
import { type TestFleet, settle, startTestFleet } from '../testing/test-fleet.ts';
import { dueJobs } from './scheduler.ts';
import { nextTurn } from './schedule.ts';
import { feedsStage } from './stage.ts';

const CVE = 'CVE-2026-1000';
let upstream: Server;
let answer: { status: number; body: string } = { status: 200, body: '3.0.17-1' };
let fleet: TestFleet;
let offsetMs = 0;
let feed: Feed;
beforeAll(async () => {
  upstream = createServer((_request, response) => {
    response.writeHead(answer.status).end(answer.body);
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  feed = fixedVersionFeed('debian-tracker', ['debian']);
  const stages = STAGES.map((stage) =>
    stage.name === 'feeds' ? feedsStage([feed, fixedVersionFeed('others', ['npm'])]) : stage,
  );
  fleet = await startTestFleet({
    stages,
    clock: () => new Date(Date.now() + offsetMs),
  });
  await fleet.agent('alpha');
  await assessNow(fleet.context);
});
afterAll(async () => {
  await fleet.stop();
  upstream.close();
});

/** Its document is one version, which fixes openssl. */
function fixedVersionFeed(id: string, namespaces: readonly string[]): Feed {
  const { port } = upstream.address() as AddressInfo;
  return {
    id,
    name: id,
    publisher: 'A publisher',
    documentation: 'https://example.org/',
    licence: 'CC0',
    namespaces,
    mode: 'snapshot',
    baseUrl: `http://127.0.0.1:${port}/`,
    intervalHours: 6,
    limitRecords: 100,
    start: () => [{ path: 'list', role: 'list', packing: 'plain', limitBytes: 1000 }],
    async *read(document) {
      const text = Buffer.from(await document.bytes()).toString();
      if (text === '') throw new Error('a bug on empty documents');
      yield {
        kind: 'advisory',
        advisory: {
          ...fakeAdvisory('A-1', CVE, [fakeClaim('openssl', text)]),
          provenance: { feed: id, record: 'A-1', sha256: 'ab'.repeat(32) },
        },
      };
    },
  };
}

const summaryOf = async (id = 'debian-tracker'): Promise<FeedSummary> => {
  const { json } = await fleet.call('GET', '/feeds');
  const found = (json as unknown as FeedList).items.find((item) => item.id === id);
  if (found === undefined) throw new Error(`there is no feed ${id}`);
  return found;
};
/** Asks for it, and waits until it is over. */
const sync = async (): Promise<FeedSummary> => {
  expect((await fleet.call('POST', '/feeds/debian-tracker/sync')).status).toBe(202);
  await settle(async () => {
    const { rows } = await fleet.context.database.pool.query(
      "select 1 from feed_schedule where feed = 'debian-tracker' and asked_at is null and running is null",
    );
    return rows.length === 1;
  });
  await assessNow(fleet.context);
  return summaryOf();
};
const openCount = async () => {
  const { json } = await fleet.call('GET', '/vulnerabilities');
  return (json as unknown as VulnerabilityList).items.find(({ id }) => id === CVE)?.endpointCount ?? 0;
};

describe('feeds', () => {
  test('one that the fleet needs says for what, and that it has not come yet; one that it does not is off', async () => {
    expect(await summaryOf()).toMatchObject({ health: 'never', neededFor: ['debian:12 on 1 endpoint'], mode: 'auto' });
    expect(await summaryOf('others')).toMatchObject({ health: 'off', neededFor: [] });
  });

  test('a synchronisation brings verdicts; what is equal upstream changes nothing', async () => {
    const before = fleet.context.clock().toISOString();
    expect(await sync()).toMatchObject({ health: 'fresh', advisoryCount: 1, failure: null, running: null });
    expect(await openCount()).toBe(1);
    const { changedAt, syncedAt } = await summaryOf();
    expect(changedAt !== null && changedAt >= before).toBe(true);
    offsetMs += 60_000;
    const again = await sync();
    expect(again.changedAt).toBe(changedAt);
    expect((again.syncedAt ?? '') > (syncedAt ?? '')).toBe(true);
  });

  test.each([
    ['an upstream that has it no more', { status: 404, body: '' }],
    ['a document that is too large', { status: 200, body: 'x'.repeat(2000) }],
    ['a feed that throws', { status: 200, body: '' }],
  ])(
    '%s leaves the last good state, and shows',
    async (_name, given) => {
      answer = given;
      const failed = await sync();
      expect(failed).toMatchObject({ health: 'failing', advisoryCount: 1 });
      expect(failed.explanation).toContain('still counts');
      expect(await openCount()).toBe(1);
      answer = { status: 200, body: '3.0.17-1' };
      expect(await sync()).toMatchObject({ health: 'fresh', failure: null });
    },
    60_000,
  );

  test('a correction upstream ends the finding', async () => {
    answer = { status: 200, body: '3.0.1-1' };
    await sync();
    expect(await openCount()).toBe(0);
  });

  test('one that did not come for three turns is stale, and says so on its endpoints', async () => {
    offsetMs += 19 * 3_600_000;
    expect(await summaryOf()).toMatchObject({ health: 'stale' });
  });

  test('is switched, and asked elsewhere; the change is evidence', async () => {
    const { status, json } = await fleet.call('PUT', '/feeds/others', {
      mode: 'on',
      baseUrl: 'http://127.0.0.1:9/mirror',
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ mode: 'on', health: 'never', baseUrl: 'http://127.0.0.1:9/mirror/' });
    expect((await fleet.call('GET', '/evidence?limit=1')).json).toMatchObject({ items: [{ kind: 'feed-changed' }] });
    expect(await fleet.call('PUT', '/feeds/others', { mode: 'off', baseUrl: '' })).toMatchObject({
      json: { mode: 'off', health: 'off', baseUrl: feed.baseUrl },
    });
  });

  test.each([
    ['PUT', '/feeds/nobody', { mode: 'on' }, 404],
    ['POST', '/feeds/nobody/sync', undefined, 404],
    ['PUT', '/feeds/others', { mode: 'perhaps' }, 400],
    ['PUT', '/feeds/others', { baseUrl: 'file:///etc/' }, 422],
    ['PUT', '/feeds/others', { baseUrl: 'nowhere' }, 422],
    ['PUT', '/feeds/others', { baseUrl: 'https://user:password@mirror.example/' }, 422],
    ['PUT', '/feeds/others', { baseUrl: 'http://169.254.169.254/latest/' }, 422],
  ])('%s %s %j is refused', async (method, path, body, status) =>
    expect((await fleet.call(method, path, body)).status).toBe(status),
  );
});

describe('turns', () => {
  test('nothing is due by itself where feeds are off, and what the fleet needs where they are on', async () => {
    const { database, clock, settings } = fleet.context;
    const feeds = [feed];
    expect(await dueJobs({ database, clock, settings }, feeds)).toEqual([]);
    const due = await dueJobs({ database, clock, settings: { ...settings, feeds: 'auto' } }, feeds);
    expect(due).toMatchObject([{ feed: { id: 'debian-tracker' }, namespaces: ['debian:12'] }]);
  });

  test('after a failure the next is within the hour, else after the interval, with up to a tenth more', () => {
    const now = new Date('2026-05-01T00:00:00.000Z');
    expect(nextTurn(now, 6, false, 0).toISOString()).toBe('2026-05-01T06:00:00.000Z');
    expect(nextTurn(now, 6, false, 1).toISOString()).toBe('2026-05-01T06:36:00.000Z');
    expect(nextTurn(now, 6, true, 0).toISOString()).toBe('2026-05-01T01:00:00.000Z');
  });
});

describe('bundles', () => {
  const post = async (target: TestFleet, body: string | Uint8Array<ArrayBuffer>, type = 'application/octet-stream') => {
    const reply = await fetch(`${target.url}/api/v1/feeds/import`, {
      method: 'POST',
      headers: { cookie: await target.signIn(), origin: target.url, 'content-type': type },
      body,
    });
    return { status: reply.status, json: (await reply.json()) as Record<string, unknown> };
  };

  test('what one server exports another imports, if it trusts the key; nothing of it otherwise', async () => {
    const exported = await fetch(`${fleet.url}/api/v1/feeds/export`, { headers: { cookie: await fleet.signIn() } });
    expect(exported.status).toBe(200);
    const bundle = Buffer.from(await exported.arrayBuffer());
    expect(await post(fleet, bundle)).toMatchObject({ status: 422, json: { code: 'no-trusted-key' } });
    const other = await startTestFleet({
      settings: { feedKeys: `${'0'.repeat(64)}, ${fleet.context.orderKey.keyid}` },
    });
    try {
      const damaged = Buffer.from(bundle);
      damaged[bundle.length - 1200] = (damaged[bundle.length - 1200] ?? 0) ^ 1;
      for (const bad of [bundle.subarray(0, bundle.length / 2), Buffer.from('nothing'), Buffer.alloc(0)])
        expect((await post(other, bad)).status).toBe(422);
      expect((await post(other, '{}', 'application/json')).status).toBe(415);
      expect(await post(other, bundle)).toMatchObject({
        status: 200,
        json: { feeds: [{ id: 'debian-tracker', advisories: 1, outcome: 'updated' }] },
      });
      const { json } = await other.call('GET', '/evidence?limit=1');
      expect(json).toMatchObject({ items: [{ kind: 'feeds-imported' }], chain: { verified: true } });
    } finally {
      await other.stop();
    }
  }, 60_000);
});
