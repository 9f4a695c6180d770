import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type AcquireSetting,
  acquireSetting,
  collect,
  collectUntilFault,
  digest,
  sha256Check,
} from './testing/acquire-setting.ts';

const file = randomBytes(300_000);
const check = sha256Check(file);
const sha256 = digest('sha256', file);

let setting: AcquireSetting;
beforeEach(async () => {
  setting = await acquireSetting({ good: { kind: 'file', bytes: file, etag: '"good"' } });
});
afterEach(() => setting.close());

const wanted = (...paths: readonly string[]) => ({
  urls: paths.map(setting.upstream.address),
  name: 'the file',
  check,
});
const asked = () => setting.upstream.requests.map(({ path, headers }) => [path, headers.range, headers['if-range']]);

describe('a transfer that breaks', () => {
  it('goes on from there, if it is still the same file', async () => {
    setting.upstream.set('file', {
      kind: 'in-turn',
      behaviours: [
        { kind: 'silent', bytes: file, after: 100_000 },
        { kind: 'file', bytes: file },
      ],
    });
    const acquirer = await setting.acquirer();
    const acquisition = await acquirer.acquire(wanted('file'));
    expect((await collect(acquisition.stream())).equals(file)).toBe(true);
    expect(asked()).toEqual([
      ['file', undefined, undefined],
      ['file', 'bytes=100000-', undefined],
    ]);
    // No byte came twice.
    expect(acquirer.received().get('127.0.0.1')).toBe(file.length);
  });

  it('throws away what was no beginning of it, and fetches all of it once more', async () => {
    const before = randomBytes(file.length);
    setting.upstream.set('file', { kind: 'file', bytes: file, etag: '"new"' });
    const first = await setting.acquirer();
    setting.upstream.set('old', { kind: 'silent', bytes: before, after: 150_000 });
    const leaving = await first.acquire(wanted('old'));
    await expect.poll(() => first.transfers()[0]?.receivedBytes).toBe(150_000);
    await first.close();
    await expect(leaving.done).rejects.toMatchObject({ code: 'unreachable' });

    const second = await setting.acquirer();
    const acquisition = await second.acquire(wanted('file'));
    expect(await acquisition.done).toEqual({ sha256 });
    // Two mirrors' states can't be compared by their validators, only by the digest in the end.
    expect(asked().slice(1)).toEqual([
      ['file', 'bytes=150000-', undefined],
      ['file', undefined, undefined],
    ]);
  });

  it('states the validator that it has, and takes all of a file that has changed', async () => {
    const changed = { kind: 'file', bytes: file, etag: '"two"' } as const;
    const beginning = { kind: 'file', bytes: randomBytes(file.length), etag: '"one"' } as const;
    setting.upstream.set('file', beginning);
    const first = await setting.acquirer({ bandwidthBytesPerSecond: 1 }, { wait: (_, signal) => aborted(signal) });
    await first.acquire(wanted('file'));
    await expect.poll(() => first.transfers()[0]?.receivedBytes ?? 0).toBeGreaterThan(0);
    const { receivedBytes = 0 } = first.transfers()[0] ?? {};
    await first.close();
    expect(setting.work()).toEqual([expect.stringMatching(/free\.from$/), expect.stringMatching(/free\.part$/)]);

    setting.upstream.set('file', changed);
    const second = await setting.acquirer();
    expect(await (await second.acquire(wanted('file'))).done).toEqual({ sha256 });
    expect(asked().slice(1)).toEqual([['file', `bytes=${receivedBytes}-`, '"one"']]);
    expect(setting.work()).toEqual([]);
  });

  it.each([
    ['that knows no ranges', true],
    ['that begins again with other bytes', false],
  ])('on a server %s begins anew; who follows goes on only with the same bytes', async (_, same) => {
    const first = same ? file : randomBytes(file.length);
    setting.upstream.set('file', {
      kind: 'in-turn',
      behaviours: [
        { kind: 'silent', bytes: first, after: 200_000 },
        { kind: 'file', bytes: file, ranges: false },
      ],
    });
    const acquirer = await setting.acquirer({}, { wait: () => sleep(30) });
    const acquisition = await acquirer.acquire(wanted('file'));
    const { bytes, fault } = await collectUntilFault(acquisition.stream());
    expect(await acquisition.done).toEqual({ sha256 });
    if (same) expect(bytes.equals(file)).toBe(true);
    else expect(fault).toMatchObject({ code: 'wrong-digest', message: expect.stringContaining('begun anew') });
  });

  it('on one mirror goes on at another one', async () => {
    setting.upstream.set('file', { kind: 'silent', bytes: file, after: 100_000 });
    const acquirer = await setting.acquirer();
    const acquisition = await acquirer.acquire(wanted('file', 'good'));
    expect((await collect(acquisition.stream())).equals(file)).toBe(true);
    expect(asked()[1]).toEqual(['good', 'bytes=100000-', undefined]);
  });
});

describe('mirrors', () => {
  it('are asked in their order, and one that fails is left alone for as long as it asks', async () => {
    const busy = await acquireSetting({ file: { kind: 'status', status: 503, headers: { 'retry-after': '20' } } });
    try {
      const acquirer = await setting.acquirer();
      const urls = [busy.upstream.address('file'), setting.upstream.address('good')];
      expect(await (await acquirer.acquire({ urls, name: 'the file', check })).done).toEqual({ sha256 });
      setting.upstream.set('next', { kind: 'file', bytes: file.subarray(1) });
      busy.upstream.set('next', { kind: 'file', bytes: file.subarray(1) });
      const next = await acquirer.acquire({
        urls: [busy.upstream.address('next'), setting.upstream.address('next')],
        name: 'another file',
        check: sha256Check(file.subarray(1)),
      });
      await next.done;
      expect(busy.upstream.requests.map(({ path }) => path)).toEqual(['file']);
    } finally {
      await busy.close();
    }
  });

  it('that ask for more patience than anybody has are a fault that says when', async () => {
    setting.upstream.set('file', { kind: 'status', status: 429, headers: { 'retry-after': '600' } });
    const acquirer = await setting.acquirer();
    const fault = { code: 'unreachable', message: expect.stringContaining('429') };
    await expect((await acquirer.acquire(wanted('file'))).done).rejects.toMatchObject(fault);
    await expect((await acquirer.acquire(wanted('file'))).done).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/asked again in (600|599) s/),
    });
    expect(setting.upstream.requests).toHaveLength(1);
  });

  it('that err for a moment are asked again', async () => {
    setting.upstream.set('file', {
      kind: 'in-turn',
      behaviours: [
        { kind: 'status', status: 502 },
        { kind: 'status', status: 503, headers: { 'retry-after': '0' } },
        { kind: 'file', bytes: file },
      ],
    });
    const acquirer = await setting.acquirer();
    expect(await (await acquirer.acquire(wanted('file'))).done).toEqual({ sha256 });
  });

  it('that all fail are named together, what needs a decision first', async () => {
    setting.upstream.set('wrong', { kind: 'file', bytes: randomBytes(file.length) });
    setting.upstream.set('off', { kind: 'status', status: 403 });
    const acquirer = await setting.acquirer();
    await expect((await acquirer.acquire(wanted('none', 'off', 'wrong'))).done).rejects.toMatchObject({
      code: 'wrong-digest',
      message: expect.stringMatching(/the SHA-256 .* answers 403.* answers 404/s),
    });
  });
});

describe('several servers on one store', () => {
  it('fetch a file once', async () => {
    let holder: Promise<void> = Promise.resolve();
    const lock = async (): Promise<() => Promise<void>> => {
      const before = holder;
      const { promise, resolve } = Promise.withResolvers<void>();
      holder = promise;
      await before;
      return async () => resolve();
    };
    const servers = await Promise.all([1, 2, 3].map(() => setting.acquirer({ lock })));
    const all = await Promise.all(servers.map((server) => server.acquire(wanted('good'))));
    const bodies = await Promise.all(all.map((acquisition) => collect(acquisition.stream())));
    expect(bodies.filter((body) => !body.equals(file))).toEqual([]);
    expect(setting.upstream.requests).toHaveLength(1);
  });

  it('without a lock fetch it twice, each into a file of its own', async () => {
    const servers = await Promise.all([1, 2].map(() => setting.acquirer()));
    const all = await Promise.all(servers.map((server) => server.acquire(wanted('good'))));
    expect(await Promise.all(all.map(({ done }) => done))).toEqual([{ sha256 }, { sha256 }]);
    expect(setting.upstream.requests).toHaveLength(2);
    expect(setting.work()).toEqual([]);
    expect(await setting.stored()).toEqual([sha256]);
  });

  it('say so when the one that was to fetch it did not', async () => {
    const acquirer = await setting.acquirer({ lock: async () => null });
    await expect((await acquirer.acquire(wanted('good'))).done).rejects.toMatchObject({ code: 'unreachable' });
  });
});

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
