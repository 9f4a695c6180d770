import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feed, FeedDocument, FeedItem } from '@thimble/advisories';
import { FeedError } from '@thimble/advisories';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFetcher, type Fetcher } from '../fetch/index.ts';
import { type LocalAdvisories, openAdvisories } from '../sqlite/index.ts';
import { makeAdvisory, startUpstream, type Upstream } from '../testing/index.ts';
import { syncFeed, type SyncOptions } from './sync-feed.ts';

let directory: string;
let upstream: Upstream;
let advisories: LocalAdvisories;
let fetcher: Fetcher;
/** What the upstream holds: by path, the items that a document means. */
const documents = new Map<string, { readonly items: readonly unknown[]; readonly status?: number }>();

beforeEach(async () => {
  documents.clear();
  directory = mkdtempSync(join(tmpdir(), 'thimble-sync-'));
  advisories = openAdvisories(join(directory, 'db'), 'write');
  upstream = await startUpstream((request, response) => {
    const document = documents.get((request.url ?? '').slice(1));
    if (document === undefined) return response.writeHead(404).end();
    const body = JSON.stringify(document.items);
    const etag = `"${hash('sha256', body)}"`;
    if (request.headers['if-none-match'] === etag) return response.writeHead(304).end();
    return response.writeHead(document.status ?? 200, { etag }).end(body);
  });
  fetcher = createFetcher({
    baseUrls: new Map([['one', upstream.url]]),
    mirror: null,
    temporaryDirectory: join(directory, 'downloads'),
    userAgent: 'x',
    proxy: null,
    wait: async () => undefined,
  });
});
afterEach(async () => {
  expect(readdirSync(join(directory, 'downloads'))).toEqual([]);
  fetcher.close();
  advisories.close();
  await upstream.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A feed whose documents are lists of items, so that each test can say what is read. */
function makeFeed(parts: Partial<Feed> = {}): Feed {
  return {
    id: 'one',
    name: 'One',
    publisher: 'Somebody',
    documentation: 'https://example.com/',
    licence: 'CC0',
    namespaces: ['debian'],
    mode: 'snapshot',
    baseUrl: 'https://example.com/',
    intervalHours: 1,
    limitRecords: 10_000,
    start: () => [{ path: 'all', role: 'all', packing: 'plain', limitBytes: 10_000_000 }],
    read: readItems,
    ...parts,
  };
}

async function* readItems(document: FeedDocument): AsyncIterable<FeedItem> {
  const items: FeedItem[] = JSON.parse(Buffer.from(await document.bytes()).toString());
  for (const item of items) {
    if (item.kind === 'removed' && item.id === 'BROKEN') throw new FeedError('malformed', 'broken here');
    if (item.kind === 'removed' && item.id === 'BUG') throw new TypeError('a bug');
    yield item;
  }
}

const advisory = (id: string, parts = {}) => ({ kind: 'advisory', advisory: makeAdvisory(id, parts) });
const many = (count: number) => Array.from({ length: count }, (_, index) => advisory(`A-${index}`));
const request = (path: string, parts = {}) => ({
  kind: 'request',
  request: { path, role: 'more', packing: 'plain', limitBytes: 1_000_000, ...parts },
});
const publish = (items: readonly unknown[], path = 'all') => documents.set(path, { items });

let clock = 0;
function sync(feed: Feed = makeFeed(), options: Partial<SyncOptions> = {}) {
  return syncFeed(feed, {
    store: advisories,
    fetcher,
    now: () => new Date(Date.UTC(2026, 0, 1) + (clock += 1000)),
    namespaces: ['debian:12'],
    reader: '1',
    signal: new AbortController().signal,
    ...options,
  });
}

const KEY = { namespace: 'debian:12', nameKind: 'source', name: 'openssl' } as const;
const ids = async () => (await advisories.claims([KEY])).map((claim) => claim.advisory.id).toSorted();

describe('what comes', () => {
  it('is kept, with what follows from it, in batches', async () => {
    publish([advisory('A-first'), request('more'), { kind: 'watermark', value: 'w' }]);
    publish([...many(1200), request('all'), request('more')], 'more');
    expect(await sync()).toMatchObject({ outcome: 'updated', advisories: 1201, documents: 2, faults: 0 });
    expect(await ids()).toHaveLength(1201);
    expect(await advisories.state('one')).toMatchObject({ watermark: 'w', advisoryCount: 1201, failure: null });
    expect(upstream.requests).toHaveLength(2);
  });

  it('is dropped and counted record by record when it can’t be used', async () => {
    const faults = Array.from({ length: 60 }, (_, index) => ({
      kind: 'fault',
      record: `F-${index}`,
      reason: 'x'.repeat(9000),
    }));
    publish([
      ...many(3),
      ...faults,
      advisory('no printable id\n'),
      advisory('A-9', { provenance: { feed: 'two', record: 'x', sha256: 'a'.repeat(64) } }),
      advisory('A-10', { published: 'yesterday' }),
      { kind: 'fact', fact: { body: { kind: 'epss', vulnerability: 'CVE-1', probability: 7 }, provenance: {} } },
    ]);
    expect(await sync()).toMatchObject({ outcome: 'updated', advisories: 3, facts: 0, faults: 64 });
    const state = await advisories.state('one');
    expect(state?.faultCount).toBe(64);
    expect(state?.faults).toHaveLength(20);
    expect(state?.faults.every(({ reason }) => reason.length <= 500)).toBe(true);
  });

  it('ends what a delta says is gone, unless it comes back', async () => {
    const feed = makeFeed({ mode: 'delta' });
    publish(many(3));
    await sync(feed);
    publish([{ kind: 'removed', id: 'A-1' }, { kind: 'removed', id: 'A-2' }, advisory('A-2')]);
    await sync(feed);
    expect(await ids()).toEqual(['A-0', 'A-2']);
  });
});

describe('nothing new', () => {
  it('moves the time alone, and reads nothing', async () => {
    publish(many(3));
    await sync();
    const before = await advisories.state('one');
    expect(await sync()).toMatchObject({ outcome: 'unchanged', documents: 0, advisories: 0 });
    const after = await advisories.state('one');
    expect(after).toMatchObject({ changedAt: before?.changedAt, advisoryCount: 3, watermark: null });
    expect(after?.syncedAt?.getTime()).toBeGreaterThan(before?.syncedAt?.getTime() ?? 0);
    expect(await ids()).toHaveLength(3);
  });

  it('is seen by the bytes where upstream knows no conditional requests', async () => {
    publish(many(3));
    await sync();
    documents.set('all', { items: many(3), status: 200 });
    const etagless = await startUpstream((_, response) => response.end(JSON.stringify(many(3))));
    const other = createFetcher({
      baseUrls: new Map([['one', etagless.url]]),
      mirror: null,
      temporaryDirectory: join(directory, 'downloads'),
      userAgent: 'x',
      proxy: null,
    });
    expect(await sync(makeFeed(), { fetcher: other })).toMatchObject({ outcome: 'unchanged' });
    other.close();
    await etagless.close();
  });

  it.each([
    ['another version reads', { reader: '2' }],
    ['other namespaces were discovered', { namespaces: ['debian:12', 'debian:13'] }],
    ['it is forced', { force: true }],
  ])('is read again when %s', async (_, options) => {
    publish(many(3));
    await sync();
    expect(await sync(makeFeed(), options)).toMatchObject({ outcome: 'updated', advisories: 3 });
  });

  it('is not concluded from the first document when there were more', async () => {
    publish([request('more')]);
    publish(many(2), 'more');
    await sync();
    publish(many(3), 'more');
    expect(await sync()).toMatchObject({ outcome: 'updated', advisories: 3 });
  });

  it('in one of two documents of a snapshot does not end what that one holds', async () => {
    const start = () =>
      ['all', 'second'].map((path) => ({ path, role: path, packing: 'plain' as const, limitBytes: 1_000_000 }));
    publish([advisory('A-1')]);
    publish([advisory('B-1')], 'second');
    await sync(makeFeed({ start }));
    publish([advisory('B-2')], 'second');
    expect(await sync(makeFeed({ start }))).toMatchObject({ outcome: 'updated' });
    expect(await ids()).toEqual(['A-1', 'B-2']);
  });

  it('asks again for what was asked for before, until it is forced not to', async () => {
    const asked: unknown[] = [];
    const feed = makeFeed({
      start: (context) => {
        asked.push(context.namespaces);
        return makeFeed().start(context);
      },
    });
    publish(many(3));
    await sync(feed, { namespaces: ['debian:12'] });
    await sync(feed, { namespaces: ['debian:13'] });
    await sync(feed, { namespaces: ['debian:13'] });
    await sync(feed, { namespaces: ['debian:13'], force: true });
    await sync(feed, { namespaces: null });
    await sync(feed, { namespaces: ['debian:13'] });
    expect(asked).toEqual([
      ['debian:12'],
      ['debian:12', 'debian:13'],
      ['debian:12', 'debian:13'],
      ['debian:13'],
      null,
      null,
    ]);
  });

  it('asks a delta from the beginning for more namespaces, with another reader, and when forced', async () => {
    const watermarks: (string | null)[] = [];
    const feed = makeFeed({
      mode: 'delta',
      start: (context) => {
        watermarks.push(context.watermark);
        return makeFeed().start(context);
      },
    });
    publish([...many(1), { kind: 'watermark', value: 'w' }]);
    await sync(feed);
    await sync(feed);
    await sync(feed, { namespaces: ['debian:12', 'debian:13'] });
    await sync(feed);
    await sync(feed, { reader: '2' });
    await sync(feed, { reader: '2' });
    await sync(feed, { reader: '2', force: true });
    expect(watermarks).toEqual([null, 'w', null, 'w', null, 'w', null]);
  });
});

describe('a synchronisation that fails', () => {
  const failing: readonly (readonly [string, () => void, string])[] = [
    ['a document that can’t be read', () => publish([...many(700), { kind: 'removed', id: 'BROKEN' }]), 'malformed'],
    ['a document that is gone', () => documents.delete('all'), 'unreachable'],
    ['a further document that is gone', () => publish([...many(700), request('gone')]), 'unreachable'],
    ['more records than the feed may bring', () => publish(many(10_001)), 'too-large'],
    ['a snapshot that is nearly empty', () => publish(many(99)), 'malformed'],
    ['a snapshot that is empty', () => publish([]), 'malformed'],
    [
      'more faults than records',
      () =>
        publish([...many(190), ...Array.from({ length: 191 }, () => ({ kind: 'fault', record: 'F', reason: 'x' }))]),
      'malformed',
    ],
    [
      'a document larger than its limit',
      () => publish([...many(2), request('more', { limitBytes: 10 }), request('more2')]),
      'too-large',
    ],
  ];
  it.each(failing)('%s: keeps the last good state and says why', async (_, spoil, code) => {
    publish(many(200));
    publish(many(1), 'more');
    await sync();
    const before = await advisories.state('one');
    spoil();
    expect(await sync()).toMatchObject({ outcome: 'failed', failure: { code } });
    expect(await ids()).toHaveLength(200);
    const after = await advisories.state('one');
    expect(after).toEqual({ ...before, failure: { at: expect.any(Date), code, message: expect.any(String) } });
  });

  it('is one of which no record can be used, also when forced', async () => {
    publish(many(20));
    await sync();
    publish([{ kind: 'fault', record: 'F', reason: 'x' }]);
    expect(await sync(makeFeed(), { force: true })).toMatchObject({
      outcome: 'failed',
      failure: { code: 'malformed' },
    });
    expect(await ids()).toHaveLength(20);
  });

  it('is repaired by the next that succeeds', async () => {
    publish(many(200));
    await sync();
    publish(many(20));
    await sync();
    expect(await sync(makeFeed(), { force: true })).toMatchObject({ outcome: 'updated' });
    expect(await advisories.state('one')).toMatchObject({ advisoryCount: 20, failure: null });
  });

  it('by a bug is recorded, and thrown', async () => {
    publish([...many(700), { kind: 'removed', id: 'BUG' }]);
    await expect(sync()).rejects.toThrow('a bug');
    expect(await advisories.state('one')).toMatchObject({ advisoryCount: 0, failure: { code: 'internal' } });
  });

  it('that is cancelled leaves no trace', async () => {
    publish(many(3));
    await sync();
    const before = await advisories.state('one');
    publish(many(5000));
    const abort = new AbortController();
    const feed = makeFeed({
      async *read(document) {
        for await (const item of readItems(document)) {
          if (item.kind === 'advisory' && item.advisory.id === 'A-4000') abort.abort(new Error('enough'));
          yield item;
        }
      },
    });
    await expect(sync(feed, { signal: abort.signal })).rejects.toThrow('enough');
    expect(await advisories.state('one')).toEqual(before);
  });

  it('does not let documents name each other without end', async () => {
    let count = 0;
    const endless = await startUpstream((_, response) => {
      count += 1;
      response.end(JSON.stringify([request(`d-${count}`), request(`d-${count}`)]));
    });
    const feed = makeFeed({
      async *read(document) {
        for await (const item of readItems(document)) if (count < 50) yield item;
      },
    });
    const other = createFetcher({
      baseUrls: new Map([['one', endless.url]]),
      mirror: null,
      temporaryDirectory: join(directory, 'downloads'),
      userAgent: 'x',
      proxy: null,
    });
    await sync(feed, { fetcher: other });
    expect(new Set(endless.requests.map(({ path }) => path)).size).toBe(endless.requests.length);
    other.close();
    await endless.close();
  });
});

describe('a document that is not there', () => {
  const whole = { path: 'whole', role: 'all', packing: 'plain', limitBytes: 10_000_000 } as const;
  const changes = { ...whole, path: 'changes', optional: true, otherwise: whole } as const;
  const feed = makeFeed({ mode: 'delta', start: ({ watermark }) => [watermark === null ? whole : changes] });

  it('is made up for by what stands in for it, which is read when it has changed', async () => {
    const first = [advisory('A-1'), { kind: 'watermark', value: 'w1' }];
    publish(first, 'whole');
    await sync(feed);
    expect(await sync(feed)).toMatchObject({ advisories: 0, documents: 2 });
    publish([...first, advisory('A-2')], 'whole');
    expect(await sync(feed)).toMatchObject({ outcome: 'updated', advisories: 2 });
    expect(await sync(feed)).toMatchObject({ advisories: 0 });
    expect(await ids()).toEqual(['A-1', 'A-2']);
    publish([advisory('A-3')], 'changes');
    expect(await sync(feed)).toMatchObject({ advisories: 1, documents: 1 });
  });

  it('fails the synchronisation when what stands in for it is not there either', async () => {
    publish([advisory('A-1'), { kind: 'watermark', value: 'w1' }], 'whole');
    await sync(feed);
    documents.clear();
    expect(await sync(feed)).toMatchObject({ outcome: 'failed', failure: { code: 'unreachable' } });
    expect(await ids()).toEqual(['A-1']);
  });

  it('brings the whole in again when it is one of the records that the list of changes names', async () => {
    publish([advisory('A-1'), { kind: 'watermark', value: 'w1' }], 'whole');
    await sync(feed);
    publish([request('record/A-2', { optional: true, otherwise: whole })], 'changes');
    publish([advisory('A-1'), advisory('A-2')], 'whole');
    expect(await sync(feed)).toMatchObject({ outcome: 'updated', advisories: 2 });
    expect(await ids()).toEqual(['A-1', 'A-2']);
  });
});

it('tells how it goes on', async () => {
  publish([...many(3), request('more')]);
  publish(many(2), 'more');
  const phases: string[] = [];
  let last: unknown;
  await sync(makeFeed(), {
    onProgress: (progress) => {
      if (phases.at(-1) !== progress.phase) phases.push(progress.phase);
      last = progress;
    },
  });
  expect(new Set(phases)).toEqual(new Set(['fetching', 'reading', 'committing']));
  expect(last).toMatchObject({ feed: 'one', documentsRead: 2, documentsKnown: 2, records: 5 });
});
