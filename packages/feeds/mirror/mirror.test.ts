import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Feed } from '@thimble/advisories';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFetcher } from '../fetch/index.ts';
import { openAdvisories } from '../sqlite/index.ts';
import { syncFeed } from '../sync/index.ts';
import { makeAdvisory, startUpstream } from '../testing/index.ts';
import { fillMirror } from './fill-mirror.ts';
import { type MirrorServer, serveMirror } from './serve-mirror.ts';

let directory: string;
let folder: string;
let server: MirrorServer;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-mirror-'));
  folder = join(directory, 'mirror');
  mkdirSync(join(folder, 'one', 'data'), { recursive: true });
  writeFileSync(join(folder, 'one', 'data', 'all.json'), '0123456789');
  writeFileSync(join(folder, 'one', 'query?page=1&x=a%2Fb'), 'page 1');
  writeFileSync(join(folder, 'one', 'RHSA-2024:1 <b>.json'), '{}');
  writeFileSync(join(folder, 'one', '.validators.json'), 'hidden');
  writeFileSync(join(directory, 'secret'), 'secret');
  symlinkSync(join(directory, 'secret'), join(folder, 'one', 'link'));
  symlinkSync(directory, join(folder, 'one', 'out'));
  server = await serveMirror(folder, { host: '127.0.0.1', port: 0 });
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The request line as it is given: fetch would tidy `..` away. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const { hostname, port } = new URL(server.url);
  return new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, headers, method }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on('error', reject).end();
  });
}

describe('a served mirror', () => {
  it('gives documents with type, length, tag and time', async () => {
    const answer = await ask('/one/data/all.json');
    expect(answer).toMatchObject({ status: 200, text: '0123456789' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '10',
      etag: expect.stringMatching(/^".+"$/),
      'last-modified': expect.stringContaining('GMT'),
    });
  });

  it('finds documents whose address has a query, a colon or blanks', async () => {
    expect((await ask('/one/query?page=1&x=a/b')).text).toBe('page 1');
    expect((await ask('/one/RHSA-2024:1%20%3Cb%3E.json')).text).toBe('{}');
    expect((await ask('/one/data/all.json?unknown=1')).status).toBe(200);
    expect((await ask('/one/query?page=2')).status).toBe(404);
  });

  it('answers HEAD without the body, and other methods not at all', async () => {
    expect(await ask('/one/data/all.json', {}, 'HEAD')).toMatchObject({ status: 200, text: '' });
    expect(await ask('/one/data/all.json', {}, 'PUT')).toMatchObject({ status: 405 });
  });

  it('tells what has not changed', async () => {
    const { headers } = await ask('/one/data/all.json');
    const etag = String(headers['etag']);
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*'])
      expect((await ask('/one/data/all.json', { 'if-none-match': tag })).status).toBe(304);
    const since = { 'if-modified-since': String(headers['last-modified']) };
    expect((await ask('/one/data/all.json', since)).status).toBe(304);
    expect((await ask('/one/data/all.json', { ...since, 'if-none-match': '"x"' })).status).toBe(200);
    expect((await ask('/one/data/all.json', { 'if-modified-since': 'nonsense' })).status).toBe(200);
  });

  it.each([
    ['bytes=2-4', 206, '234'],
    ['bytes=7-', 206, '789'],
    ['bytes=-3', 206, '789'],
    ['bytes=-99', 206, '0123456789'],
    ['bytes=5-99', 206, '56789'],
    ['bytes=10-', 416, undefined],
    ['bytes=4-2', 416, undefined],
    ['bytes=0-1,3-4', 200, '0123456789'],
    ['bytes=-', 200, '0123456789'],
    ['lines=1-2', 200, '0123456789'],
  ])('gives a part: %s', async (range, status, text) => {
    const answer = await ask('/one/data/all.json', { range });
    expect(answer.status).toBe(status);
    if (text !== undefined) expect(answer.text).toBe(text);
  });

  it.each([
    '/../secret',
    '/one/../../secret',
    '/one/%2e%2e/%2e%2e/secret',
    '/one/..%2f..%2fsecret',
    '/one/link',
    '/one/out/secret',
    '/one/.validators.json',
    '/one/%00',
    '/one/%ff%fe',
    '/one//data/all.json',
    '//etc/passwd',
    '/one/data/./all.json',
    `/one/${'a'.repeat(300)}`,
    '/?',
    '/one/none/',
  ])('does not lead out of the folder, nor to what is hidden: %s', async (path) => {
    const answer = await ask(path);
    expect(answer.text).not.toContain('hidden');
    expect(answer.text).not.toMatch(/^secret/);
    expect([200, 404]).toContain(answer.status);
    if (answer.status === 200) expect(answer.text).toContain('<ul>');
  });

  it('has pages of its folders, and an index for programs', async () => {
    expect((await ask('/')).text).toContain('href="./one/"');
    const page = await ask('/one/');
    expect(page.text).toContain('RHSA-2024:1 &#60;b&#62;.json');
    expect(page.text).not.toContain('validators');
    expect(page.text).not.toContain('link');
    expect(await ask('/one')).toMatchObject({ status: 301, headers: { location: 'one/' } });
    expect(JSON.parse((await ask('/feeds.json')).text)).toMatchObject({ feeds: [{ id: 'one', files: 3, bytes: 18 }] });
  });
});

describe('a mirror that is filled', () => {
  const feed: Feed = {
    id: 'two',
    name: 'Two',
    publisher: '',
    documentation: '',
    licence: '',
    namespaces: ['debian'],
    mode: 'snapshot',
    baseUrl: 'https://upstream.example/',
    intervalHours: 1,
    limitRecords: 1000,
    start: () => [{ path: 'list.json', role: 'list', packing: 'plain', limitBytes: 100_000 }],
    async *read(document) {
      const text = Buffer.from(await document.bytes()).toString();
      if (document.request.role === 'record') {
        const provenance = { feed: 'two', record: text, sha256: 'a'.repeat(64) };
        yield { kind: 'advisory', advisory: makeAdvisory(text, { provenance }) };
      } else
        for (const path of text.split('\n'))
          yield { kind: 'request', request: { path, role: 'record', packing: 'gzip', limitBytes: 1000 } };
    },
  };
  const signal = new AbortController().signal;
  const now = () => new Date('2026-01-01T00:00:00Z');

  it('is what another site synchronises from', async () => {
    let list = 'a.gz\nb.gz?x=/1\nfolder/\n?page=1';
    const upstream = await startUpstream((request, response) => {
      if (request.url !== '/list.json') return response.end(gzipSync(`A-${request.url}`));
      const etag = `"${list.length}"`;
      if (request.headers['if-none-match'] === etag) return response.writeHead(304).end();
      // A transfer that is packed without having been asked to be.
      return response.setHeader('etag', etag).setHeader('content-encoding', 'gzip').end(gzipSync(list));
    });
    const common = { temporaryDirectory: join(directory, 'downloads'), userAgent: 'x', proxy: null };
    const fetcher = createFetcher({ ...common, baseUrls: new Map([['two', upstream.url]]), mirror: null });
    const fill = () => fillMirror(feed, { fetcher, directory: folder, namespaces: null, now, signal });
    expect(await fill()).toMatchObject({ documents: 5, fetched: 5 });
    expect(readFileSync(join(folder, 'two', 'list.json'), 'utf8')).toBe(list);
    list = 'a.gz\nfolder/\n?page=1';
    expect(await fill()).toMatchObject({ documents: 4, fetched: 4 });
    expect(await fill()).toMatchObject({ documents: 4, fetched: 3 });
    rmSync(join(folder, 'two', 'list.json'));
    expect(await fill()).toMatchObject({ documents: 4, fetched: 4 });
    await upstream.close();
    fetcher.close();

    for (const mirror of [server.url, `file://${folder}`]) {
      const atSite = createFetcher({ ...common, baseUrls: new Map(), mirror });
      const store = openAdvisories(join(directory, `db-${mirror.length}`), 'write');
      const result = await syncFeed(feed, { store, fetcher: atSite, now, namespaces: null, reader: '1', signal });
      expect(result).toMatchObject({ outcome: 'updated', advisories: 3 });
      store.close();
      atSite.close();
    }
  });
});
