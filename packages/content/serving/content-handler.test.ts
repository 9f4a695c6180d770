import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Acquisition, ContentFault, StoreError } from '../model/index.ts';
import { type ServedHandler, serveHandler } from '../testing/serve-handler.ts';
import { createContentHandler, type ServableFile, type Served, UNAUTHORISED } from './index.ts';

const REVISION = '01900000-0000-7000-8000-00000000000a';
const SMALL = Buffer.from('abcdefghij'.repeat(10));
const LARGE = Buffer.alloc(3_000_000, 'The quick brown fox. ');
/** Too large to be kept in memory. */
const MEDIUM = LARGE.subarray(0, 400_000);
const MODIFIED = new Date('2026-11-20T08:00:00.000Z');
const at = (path: string): string => `/content/revisions/${REVISION}/${path}`;
const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

let directory: string;
let http: ServedHandler;
let served: Served<string>[] = [];
let errors: unknown[] = [];
let acquired = 0;
/** Files that are not in the store, by path. */
let coming: (path: string) => Promise<Acquisition>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'thimble-serving-'));
  for (const bytes of [SMALL, MEDIUM, LARGE, Buffer.alloc(0)]) await writeFile(join(directory, digestOf(bytes)), bytes);
  await writeFile(join(directory, 'f'.repeat(64)), 'shorter than it should be');
  const handler = createContentHandler<string>({
    store: {
      localPath: (sha256) => join(directory, sha256),
      read: () => Promise.reject(new StoreError('missing', 'not used')),
    },
    authorise: ({ headers }) =>
      headers.authorization === 'Bearer good' ? { kind: 'allowed', principal: 'me' } : UNAUTHORISED,
    resolve: async (address) => {
      const path = address.kind === 'revision' ? address.path : address.sha256;
      const file = (changes: Partial<ServableFile>): ServableFile => ({
        kind: 'file',
        sha256: null,
        sizeBytes: 0,
        contentType: 'application/vnd.debian.binary-package',
        immutable: true,
        lastModified: MODIFIED,
        acquire: null,
        ...changes,
      });
      if (path === 'small' || path === digestOf(SMALL))
        return file({ sha256: digestOf(SMALL), sizeBytes: SMALL.length });
      if (path === 'medium') return file({ sha256: digestOf(MEDIUM), sizeBytes: MEDIUM.length });
      if (path === 'large') return file({ sha256: digestOf(LARGE), sizeBytes: LARGE.length });
      if (path === 'empty') return file({ sha256: digestOf(Buffer.alloc(0)) });
      if (path === 'damaged') return file({ sha256: 'f'.repeat(64), sizeBytes: 5_000_000 });
      if (path.startsWith('cold'))
        return file({
          sizeBytes: LARGE.length,
          acquire: () => {
            acquired += 1;
            return coming(path);
          },
        });
      if (path === 'recalled') return { kind: 'problem', status: 451, code: 'blocked', detail: 'This was recalled.' };
      return { kind: 'problem', status: 404, code: 'not-found', detail: 'There is no such file.' };
    },
    onServed: (each) => served.push(each),
    onError: (error) => errors.push(error),
  });
  http = await serveHandler(handler);
});
afterAll(async () => {
  await http.close();
  await rm(directory, { recursive: true });
});
beforeEach(() => {
  served = [];
  errors = [];
  acquired = 0;
});

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  http.ask(path, { method, headers: { authorization: 'Bearer good', ...headers } });
const etag = `"${digestOf(SMALL)}"`;
const date = MODIFIED.toUTCString();

describe('a file', () => {
  it('has its type, length, digest, date and ETag, and is immutable where it is', async () => {
    const { status, headers, body } = await ask(at('small'));
    expect(body).toEqual(SMALL);
    expect({ status, ...headers, date: '' }).toEqual({
      status: 200,
      date: '',
      connection: 'close',
      'content-type': 'application/vnd.debian.binary-package',
      'content-length': '100',
      'accept-ranges': 'bytes',
      'cache-control': 'max-age=31536000, immutable',
      etag,
      'repr-digest': `sha-256=:${createHash('sha256').update(SMALL).digest('base64')}:`,
      'last-modified': 'Fri, 20 Nov 2026 08:00:00 GMT',
      'x-content-type-options': 'nosniff',
    });
    expect(served).toEqual([
      {
        principal: 'me',
        address: { kind: 'revision', revisionId: REVISION, path: 'small' },
        sha256: digestOf(SMALL),
        sentBytes: 100,
        hit: true,
      },
    ]);
  });

  it('is to be had by its digest too', async () => {
    expect((await ask(`/content/objects/${digestOf(SMALL)}`)).body).toEqual(SMALL);
  });

  const part = (first: number, last: number) => [
    206,
    SMALL.subarray(first, last + 1).toString(),
    `bytes ${first}-${last}/100`,
  ];
  const whole = [200, SMALL.toString(), undefined];
  it.each<[string, Record<string, string>, unknown[]]>([
    ['a range', { range: 'bytes=10-14' }, part(10, 14)],
    ['an open range', { range: 'bytes=90-' }, part(90, 99)],
    ['a suffix', { range: 'bytes=-5' }, part(95, 99)],
    ['a suffix longer than the file', { range: 'bytes=-500' }, part(0, 99)],
    ['a range past the end', { range: 'bytes=95-99999999999999999999' }, part(95, 99)],
    ['the last byte', { range: 'bytes=99-99' }, part(99, 99)],
    ['several ranges', { range: 'bytes=0-1,5-6' }, whole],
    ['another unit', { range: 'lines=1-2' }, whole],
    ['an invalid range', { range: 'bytes=9-5' }, whole],
    ['a range of this ETag', { range: 'bytes=1-2', 'if-range': etag }, part(1, 2)],
    ['a range of another ETag', { range: 'bytes=1-2', 'if-range': '"other"' }, whole],
    ['a range of a weak ETag', { range: 'bytes=1-2', 'if-range': `W/${etag}` }, whole],
    ['a range of this date', { range: 'bytes=1-2', 'if-range': date }, part(1, 2)],
    ['a range of a later date', { range: 'bytes=1-2', 'if-range': 'Sat, 21 Nov 2026 08:00:00 GMT' }, whole],
    ['an ETag that it has', { 'if-none-match': `"x", ${etag}` }, [304, '', undefined]],
    ['its ETag as weak', { 'if-none-match': `W/${etag}` }, [304, '', undefined]],
    ['any ETag', { 'if-none-match': '*' }, [304, '', undefined]],
    ['an ETag that it has not', { 'if-none-match': '"x"' }, whole],
    ['another ETag and its date', { 'if-none-match': '"x"', 'if-modified-since': date }, whole],
    ['its date', { 'if-modified-since': date }, [304, '', undefined]],
    ['an earlier date', { 'if-modified-since': 'Thu, 19 Nov 2026 08:00:00 GMT' }, whole],
    ['what is no date', { 'if-modified-since': 'yesterday' }, whole],
    ['its ETag as a demand', { 'if-match': etag }, whole],
    ['an ETag and a range', { 'if-none-match': etag, range: 'bytes=1-2' }, [304, '', undefined]],
  ])('answers %s', async (_, headers, expected) => {
    const { status, headers: got, body } = await ask(at('small'), headers);
    expect([status, body.toString(), got['content-range']]).toEqual(expected);
    expect(got['etag']).toBe(etag);
    if (status !== 304) expect(got['content-length']).toBe(String(body.length));
  });

  it.each<[string, Record<string, string>, number, string, string | undefined]>([
    ['a range behind the end', { range: 'bytes=100-' }, 416, 'range-not-satisfiable', 'bytes */100'],
    ['a suffix of nothing', { range: 'bytes=-0' }, 416, 'range-not-satisfiable', 'bytes */100'],
    ['another ETag as a demand', { 'if-match': '"x"' }, 412, 'precondition-failed', undefined],
    ['a weak ETag as a demand', { 'if-match': `W/${etag}` }, 412, 'precondition-failed', undefined],
    [
      'an earlier date as a demand',
      { 'if-unmodified-since': 'Thu, 19 Nov 2026 08:00:00 GMT' },
      412,
      'precondition-failed',
      undefined,
    ],
  ])('refuses %s', async (_, headers, status, code, contentRange) => {
    const reply = await ask(at('small'), headers);
    expect([reply.status, reply.headers['content-type'], reply.headers['content-range']]).toEqual([
      status,
      'application/problem+json',
      contentRange,
    ]);
    expect(JSON.parse(reply.body.toString())).toMatchObject({ status, code, side: 'input' });
    expect(served).toEqual([]);
  });

  it('answers HEAD as GET but for the bytes, does not look at ranges then, and counts nothing', async () => {
    const { status, headers, body } = await ask(at('small'), { range: 'bytes=0-1' }, 'HEAD');
    expect([status, headers['content-length'], headers['etag'], body.length]).toEqual([200, '100', etag, 0]);
    expect((await ask(at('small'), { 'if-none-match': etag }, 'HEAD')).status).toBe(304);
    expect(served).toEqual([]);
  });

  it('may be empty', async () => {
    const { status, headers, body } = await ask(at('empty'));
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
    expect((await ask(at('empty'), { range: 'bytes=0-' })).status).toBe(416);
  });

  it('that is damaged in the store is no answer', async () => {
    const { status, body } = await ask(at('damaged'));
    expect([status, JSON.parse(body.toString())]).toEqual([500, expect.objectContaining({ code: 'internal' })]);
    expect(errors).toMatchObject([{ code: 'damaged' }]);
  });
});

it('is not looked for at an address that can mean two things', async () => {
  expect((await ask(at('a/../small'))).status).toBe(400);
  expect((await ask('/content/')).status).toBe(404);
  expect((await ask(at('%73mall'))).status).toBe(200);
});

describe('nobody', () => {
  it('reads anything without being allowed to, and learns nothing of what is there', async () => {
    for (const path of ['small', 'nothing', 'recalled', 'cold']) {
      const { status, headers, body } = await http.ask(at(path));
      expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="Thimble content"']);
      expect(JSON.parse(body.toString())).toMatchObject({ code: 'unauthorised' });
    }
  });
  it('writes', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const { status, headers } = await ask(at('small'), {}, method);
      expect([status, headers['allow']]).toEqual([405, 'GET, HEAD']);
    }
  });
  it('gets what was recalled', async () => {
    const { status, headers, body } = await ask(at('recalled'), {}, 'HEAD');
    expect([status, Number(headers['content-length']) > 0, body.length]).toEqual([451, true, 0]);
  });
});

describe('ranges', () => {
  it('of a large file have exactly their bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(LARGE.length - 1), fc.nat(LARGE.length - 1), async (a, b) => {
        const [first, last] = a < b ? [a, b] : [b, a];
        const { status, body } = await ask(at('large'), { range: `bytes=${first}-${last}` });
        expect(status).toBe(206);
        expect(body.equals(LARGE.subarray(first, last + 1))).toBe(true);
      }),
      { numRuns: 20 },
    );
    expect(served.reduce((sum, { sentBytes }) => sum + sentBytes, 0)).toBeGreaterThan(0);
  });
});

describe('a file that is still on its way', () => {
  const transfer = (pieces: () => AsyncGenerator<Buffer>, origin: Acquisition['origin'] = 'fetching'): Acquisition => ({
    sizeBytes: LARGE.length,
    origin,
    done: origin === 'stored' ? Promise.resolve({ sha256: digestOf(LARGE) }) : new Promise(() => undefined),
    stream: ({ first, last } = { first: 0, last: LARGE.length - 1 }) =>
      Readable.from(pieces(), { objectMode: false }).filter(() => first <= last),
  });
  const halves = async function* (): AsyncGenerator<Buffer> {
    yield LARGE.subarray(0, 1_000_000);
    await sleep(5);
    yield LARGE.subarray(1_000_000);
  };

  it('is streamed as it arrives, with its length known', async () => {
    coming = async () => transfer(halves);
    const { status, headers, body } = await ask(at('cold'));
    expect([status, headers['content-length'], headers['etag']]).toEqual([200, '3000000', undefined]);
    expect(body.equals(LARGE)).toBe(true);
    expect(served).toMatchObject([{ sentBytes: 3_000_000, hit: false, sha256: null }]);
  });

  it('counts as a hit for whoever follows, and is read from the store when it is there after all', async () => {
    coming = async () => transfer(halves, 'following');
    expect((await ask(at('cold'))).body.length).toBe(3_000_000);
    coming = async () => transfer(halves, 'stored');
    expect((await ask(at('cold'), { range: 'bytes=1-3' })).body.toString()).toBe('he ');
    expect(served).toMatchObject([{ hit: true }, { hit: true, sha256: digestOf(LARGE), sentBytes: 3 }]);
  });

  it('is not fetched for HEAD, nor for a range that it does not have', async () => {
    expect((await ask(at('cold'), {}, 'HEAD')).headers['content-length']).toBe('3000000');
    expect((await ask(at('cold'), { range: 'bytes=3000000-' })).status).toBe(416);
    expect(acquired).toBe(0);
  });

  it.each<[string, () => AsyncGenerator<Buffer>]>([
    [
      'fails its check',
      async function* () {
        yield LARGE.subarray(0, 2_000_000);
        throw new ContentFault('wrong-digest', 'other bytes than signed');
      },
    ],
    [
      'ends too early',
      async function* () {
        yield LARGE.subarray(0, 2_999_999);
      },
    ],
  ])('that %s is a broken transfer for its client, never a whole file', async (_, pieces) => {
    coming = async () => transfer(pieces);
    await expect(ask(at('cold'))).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(errors).toHaveLength(1);
    expect(served).toHaveLength(1);
  });

  it.each([
    ['wrong-digest', 502, 'remote'],
    ['missing', 502, 'remote'],
    ['unreachable', 504, 'remote'],
    ['disk-full', 507, 'host'],
  ] as const)('that fails with %s before its first byte is a problem with a name', async (code, status, side) => {
    for (const when of ['at once', 'in its stream']) {
      const fault = new ContentFault(code, 'no such luck');
      coming = async () => {
        if (when === 'at once') throw fault;
        const stream = new Readable({ read: () => void stream.destroy(fault) });
        return { ...transfer(halves), stream: () => stream };
      };
      const reply = await ask(at('cold'));
      expect([reply.status, reply.headers['retry-after']]).toEqual([status, '30']);
      expect(JSON.parse(reply.body.toString())).toMatchObject({ code, side, detail: 'no such luck' });
    }
  });

  it('is let go of when its client goes', async () => {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    coming = async () => {
      const stream = new Readable({ read: () => undefined });
      stream.push(LARGE.subarray(0, 100));
      stream.on('close', resolve);
      return { sizeBytes: LARGE.length, origin: 'fetching', done: new Promise(() => undefined), stream: () => stream };
    };
    const socket = connect(http.port, '127.0.0.1');
    socket.write(`GET ${at('cold')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n`);
    await new Promise((arrived) => socket.once('data', arrived));
    socket.destroy();
    await ended;
    expect(errors).toEqual([]);
  });
});

describe('clients that vanish', () => {
  const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

  it('leave no descriptor, however many, and are charged only for what they took', async () => {
    const before = await openFiles();
    const vanish = (afterBytes: number): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(http.port, '127.0.0.1');
        let seen = 0;
        // Two requests at once: the second one never gets its turn.
        const text = `GET ${at('medium')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n`;
        socket.on('connect', () => socket.write(text + text));
        socket.on('data', (bytes: Buffer) => {
          seen += bytes.length;
          if (seen >= afterBytes) socket.destroy();
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    for (let round = 0; round < 20; round += 1)
      await Promise.all(Array.from({ length: 50 }, (_, index) => vanish(index * 1_000)));
    await expect.poll(openFiles, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
    await expect.poll(() => served.length, { timeout: 10_000 }).toBe(2000);
    // Kernel and socket buffers hold the rest of what was taken from us.
    expect(Math.max(...served.map(({ sentBytes }) => sentBytes))).toBeLessThanOrEqual(MEDIUM.length);
    expect(errors).toEqual([]);
    expect((await ask(at('medium'))).body.equals(MEDIUM)).toBe(true);
  }, 30_000);

  it('or read nothing hold no more than two pieces', async () => {
    const socket = connect(http.port, '127.0.0.1');
    socket.pause();
    socket.write(`GET ${at('large')} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer good\r\n\r\n`.repeat(30));
    await sleep(200);
    expect(served.reduce((sum, { sentBytes }) => sum + sentBytes, 0)).toBeLessThan(30 * LARGE.length);
    socket.destroy();
    await expect.poll(() => served.length).toBe(30);
  });
});
