import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { FeedRequest } from '@thimble/advisories';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startUpstream, type Upstream } from '../testing/index.ts';
import { createFetcher, type FetcherSettings, type FetchOptions } from './fetcher.ts';

let directory: string;
let upstream: Upstream | undefined;
const waits: number[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-fetch-'));
  waits.length = 0;
});
afterEach(async () => {
  await upstream?.close();
  upstream = undefined;
  rmSync(directory, { recursive: true, force: true });
});

const REQUEST: FeedRequest = { path: 'data/all.json', role: 'all', packing: 'plain', limitBytes: 1_000_000 };
const UNREACHABLE = { code: 'unreachable' };

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  upstream = await startUpstream(answer);
  return upstream.url;
}

async function get(
  baseUrl: string,
  request: Partial<FeedRequest> = {},
  options: Partial<FetchOptions> = {},
  settings: Partial<FetcherSettings> = {},
) {
  const fetcher = createFetcher({
    baseUrls: new Map([['one', baseUrl]]),
    mirror: null,
    temporaryDirectory: join(directory, 'downloads'),
    userAgent: 'Thimble/test',
    proxy: null,
    wait: async (ms) => {
      waits.push(ms);
    },
    ...settings,
  });
  const feed = { id: 'one', baseUrl: 'https://upstream.example/feed/' };
  try {
    const fetched = await fetcher.fetch(
      feed,
      { ...REQUEST, ...request },
      { validator: null, signal: new AbortController().signal, ...options },
    );
    if (fetched.kind !== 'document') return { fetched, text: fetched.kind };
    try {
      return { fetched, text: Buffer.from(await fetched.document.bytes()).toString() };
    } finally {
      await fetched.remove();
    }
  } finally {
    fetcher.close();
    // Whatever happens, no download stays.
    if (settings.temporaryDirectory === undefined) expect(left()).toEqual([]);
  }
}

function left(): readonly string[] {
  try {
    return readdirSync(join(directory, 'downloads'));
  } catch {
    return [];
  }
}

describe('a good upstream', () => {
  it('is asked by name, unpacked, and its validators are kept', async () => {
    const url = await serve((_, response) =>
      response.setHeader('etag', '"a"').setHeader('last-modified', 'now').end('{}'),
    );
    const { fetched, text } = await get(url);
    expect(text).toBe('{}');
    expect(fetched).toMatchObject({
      validator: {
        etag: '"a"',
        lastModified: 'now',
        sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
      },
    });
    expect(upstream?.requests).toMatchObject([
      { path: '/data/all.json', headers: { 'user-agent': 'Thimble/test', 'accept-encoding': 'identity' } },
    ]);
  });

  it('is asked whether something is new', async () => {
    const url = await serve((_, response) => response.writeHead(304).end());
    const validator = { etag: '"a"', lastModified: 'then', sha256: '' };
    expect((await get(url, {}, { validator })).text).toBe('unchanged');
    expect(upstream?.requests[0]?.headers).toMatchObject({ 'if-none-match': '"a"', 'if-modified-since': 'then' });
  });

  it.each([
    ['the transfer alone', 'plain'],
    ['a file that is packed itself', 'gzip'],
  ] as const)('may say that it packed %s', async (_, packing) => {
    const url = await serve((_request, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('{}')));
    expect((await get(url, { packing })).text).toBe('{}');
  });

  it('may lack a document that is optional, and only that', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    expect((await get(url, { optional: true })).text).toBe('absent');
    await expect(get(url)).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('404') });
  });

  it('is asked at its own pace', async () => {
    const url = await serve((_, response) => response.end('{}'));
    let now = 1_000_000;
    const fetcher = createFetcher({
      baseUrls: new Map([['one', url]]),
      mirror: null,
      temporaryDirectory: directory,
      userAgent: 'x',
      proxy: null,
      now: () => now,
      wait: async (ms) => {
        waits.push(ms);
        now += ms;
      },
    });
    const feed = { id: 'one', baseUrl: url, pace: { requests: 2, perSeconds: 30 } };
    for (let count = 0; count < 5; count += 1) {
      await fetcher.fetch(feed, REQUEST, { validator: null, signal: new AbortController().signal });
      now += 1000;
    }
    fetcher.close();
    expect(waits).toEqual([28_000, 28_000]);
  });
});

describe('attempts', () => {
  it.each([500, 502, 503, 429])('are repeated with growing waits after %i, and end', async (status) => {
    const url = await serve((_, response) => response.writeHead(status).end());
    await expect(get(url)).rejects.toMatchObject(UNREACHABLE);
    expect(waits).toEqual([1000, 4000, 16_000]);
  });

  it('wait as long as they are asked to', async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      if (count === 1) response.writeHead(429, { 'retry-after': '7' }).end();
      else response.end('{}');
    });
    expect((await get(url)).text).toBe('{}');
    expect(waits).toEqual([7000]);
  });

  it('are not kept waiting for hours', async () => {
    const url = await serve((_, response) => response.writeHead(503, { 'retry-after': '86400' }).end());
    await expect(get(url)).rejects.toMatchObject({ message: expect.stringContaining('1440 minutes') });
    expect(waits).toEqual([]);
  });

  it('are not repeated where it would not help', async () => {
    const url = await serve((_, response) => response.writeHead(403).end());
    await expect(get(url)).rejects.toMatchObject(UNREACHABLE);
    expect(upstream?.requests).toHaveLength(1);
  });

  it('are repeated when the connection breaks off, also in the middle', async () => {
    let count = 0;
    const url = await serve((_, response) => {
      count += 1;
      if (count === 1) return void response.destroy();
      response.writeHead(200, { 'content-length': '100' });
      if (count < 4) return void response.write('half', () => setTimeout(() => response.destroy(), 10));
      response.end('x'.repeat(100));
    });
    expect((await get(url)).text).toBe('x'.repeat(100));
    expect(waits).toHaveLength(3);
  });
});

describe('a hostile upstream', () => {
  const limits = { answerMs: 150, idleMs: 150, totalMs: 1000 };

  it('that never answers', async () => {
    const url = await serve(() => undefined);
    await expect(get(url, {}, {}, { limits })).rejects.toMatchObject({
      message: expect.stringContaining('not answered'),
    });
  });

  it('that falls silent', async () => {
    const url = await serve((_, response) => void response.write('{'));
    await expect(get(url, {}, {}, { limits })).rejects.toMatchObject({
      message: expect.stringContaining('sent nothing'),
    });
  });

  it('that drips for ever', async () => {
    const url = await serve((_, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    await expect(get(url, {}, {}, { limits })).rejects.toMatchObject({
      message: expect.stringContaining('did not arrive'),
    });
  });

  it('that sends without end', async () => {
    const url = await serve((_, response) => {
      const pour = (): void => {
        while (response.write(Buffer.alloc(65_536)));
        response.once('drain', pour);
      };
      pour();
    });
    await expect(get(url)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('that claims ten gigabytes is refused before a byte of them', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': String(10 * 1024 ** 3) });
      response.write('x');
    });
    await expect(get(url)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('that sends a bomb', async () => {
    const url = await serve((_, response) => response.end(gzipSync(Buffer.alloc(50_000_000))));
    await expect(get(url, { packing: 'gzip', limitBytes: 40_000_000 })).rejects.toMatchObject({ code: 'too-large' });
  });

  it('that packs in ways nobody asked for', async () => {
    const url = await serve((_, response) => response.setHeader('content-encoding', 'br').end('x'));
    await expect(get(url)).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('that says “not modified” to somebody who did not ask', async () => {
    const url = await serve((_, response) => response.writeHead(304).end());
    await expect(get(url)).rejects.toMatchObject(UNREACHABLE);
  });

  it('that does not speak HTTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n', () => socket.destroySoon()));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(get(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(UNREACHABLE);
    await new Promise((resolve) => void server.close(resolve));
  });

  it('that is not there, or has no certificate that anybody trusts', async () => {
    const url = await serve((_, response) => response.end('plain'));
    await expect(get('http://127.0.0.1:9/')).rejects.toMatchObject(UNREACHABLE);
    await expect(get(url.replace('http:', 'https:'))).rejects.toMatchObject(UNREACHABLE);
  });
});

describe('redirects', () => {
  it('are followed on the configured host, without user name and password of the address', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/data/all.json') response.writeHead(302, { location: '/elsewhere' }).end();
      else response.end('{}');
    });
    expect((await get(url)).text).toBe('{}');
    expect(upstream?.requests.map(({ path }) => path)).toEqual(['/data/all.json', '/elsewhere']);
  });

  it('end after five', async () => {
    const url = await serve((_, response) => response.writeHead(302, { location: '/data/all.json' }).end());
    await expect(get(url)).rejects.toMatchObject({ message: expect.stringContaining('more than 5') });
    expect(upstream?.requests).toHaveLength(6);
  });

  it.each([
    ['another port in plain http', 'http://127.0.0.1:1/'],
    ['another host in plain http', 'http://example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['no address', 'http://['],
    ['a private address', 'https://10.0.0.1/'],
    ['the metadata service', 'https://169.254.169.254/latest'],
    ['an IPv6 loopback', 'https://[::1]/'],
    ['a wrapped IPv4 address', 'https://[::ffff:10.0.0.1]/'],
    ['an address in another notation', 'https://2130706434/'],
    ['a name of this machine', 'https://localhost/'],
  ])('to %s are refused', async (_, location) => {
    const url = await serve((_request, response) => response.writeHead(302, { location }).end());
    await expect(get(url)).rejects.toMatchObject(UNREACHABLE);
    expect(upstream?.requests).toHaveLength(1);
  });
});

describe('addresses', () => {
  it.each([
    '../secret',
    '/other',
    'a/../../b',
    '%2e%2e/x',
    'https://user@127.0.0.1:1/x',
    'http://127.0.0.1:1/x',
    'file:///etc/passwd',
  ])('a request for %s does not leave the base', async (path) => {
    const url = await serve((_, response) => response.end('{}'));
    await expect(get(`${url}base/`, { path })).rejects.toMatchObject({ name: 'FeedError' });
    expect(upstream?.requests).toEqual([]);
  });

  it('that an upstream names below its own base are asked at the configured one', async () => {
    const url = await serve((_, response) => response.end('{}'));
    await get(url, { path: 'https://upstream.example/feed/x/RHSA-2024:1.json' });
    await get(url, { path: 'RHSA-2024:1.json?a=/b' });
    expect(upstream?.requests.map(({ path }) => path)).toEqual(['/x/RHSA-2024:1.json', '/RHSA-2024:1.json?a=/b']);
  });

  it('elsewhere are asked at the mirror, where there is one', async () => {
    const url = await serve((_, response) => response.end('{}'));
    await get('', { path: 'https://other.example/x.json' }, {}, { baseUrls: new Map(), mirror: url });
    await get('', { path: 'x.json' }, {}, { baseUrls: new Map(), mirror: url });
    expect(upstream?.requests.map(({ path }) => path)).toEqual(['/one/_elsewhere/other.example/x.json', '/one/x.json']);
  });

  it('that are none are refused at once', () => {
    for (const address of ['ftp://x/', 'x', '', 'https://x/?q'])
      expect(() =>
        createFetcher({
          baseUrls: new Map([['one', address]]),
          mirror: null,
          temporaryDirectory: directory,
          userAgent: 'x',
          proxy: null,
        }),
      ).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});

describe('a folder as base', () => {
  it('gives its files, tells when they have not changed, and nothing from outside', async () => {
    const folder = join(directory, 'mirror');
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data', 'all.json'), '{"a":1}');
    writeFileSync(join(directory, 'secret'), 'secret');
    symlinkSync(join(directory, 'secret'), join(folder, 'data', 'link'));
    const base = pathToFileURL(folder).href;
    const { fetched, text } = await get(base);
    expect(text).toBe('{"a":1}');
    if (fetched.kind !== 'document') throw new TypeError('no document');
    expect((await get(base, {}, { validator: fetched.validator })).text).toBe('unchanged');
    expect((await get(base, { path: 'data/none', optional: true })).text).toBe('absent');
    for (const path of ['data/link', 'data', '../secret', 'data/%2e%2e/%2e%2e/secret', 'data/..%2f..%2fsecret'])
      await expect(get(base, { path })).rejects.toMatchObject({ name: 'FeedError' });
  });
});

it('removes downloads that a killed process left behind long ago, and nothing else', async () => {
  const url = await serve((_, response) => response.end('{}'));
  const downloads = join(directory, 'left');
  mkdirSync(downloads);
  for (const name of ['fetch-old', 'fetch-new', 'other-old']) {
    writeFileSync(join(downloads, name), 'x');
    const old = new Date(Date.now() - 3 * 24 * 3_600_000);
    if (name.endsWith('old')) utimesSync(join(downloads, name), old, old);
  }
  await get(url, {}, {}, { temporaryDirectory: downloads });
  expect(readdirSync(downloads)).toEqual(['fetch-new', 'other-old']);
});

it('stops when the caller does, with the caller’s reason', async () => {
  const url = await serve((_, response) => void response.write('{'));
  const abort = new AbortController();
  const reason = new Error('enough');
  const got = get(url, {}, { signal: abort.signal });
  setTimeout(() => abort.abort(reason), 50);
  await expect(got).rejects.toBe(reason);
});

it('asks a proxy for what is not reachable otherwise', async () => {
  const url = await serve((_, response) => response.end('{}'));
  expect((await get('http://upstream.example/', {}, {}, { proxy: url })).text).toBe('{}');
  expect(upstream?.requests.map(({ path }) => path)).toEqual(['http://upstream.example/data/all.json']);
});
