import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ContentFault, type Wanted } from '../model/index.ts';
import { HELD_BACK_BYTES } from './limits.ts';
import { openS3Store } from '../store/index.ts';
import { startS3 } from '../store/testing/start-s3.ts';
import {
  type AcquireSetting,
  acquireSetting,
  collect,
  collectUntilFault,
  digest,
  sha256Check,
} from './testing/acquire-setting.ts';

const file = randomBytes(400_000);
const sha256 = digest('sha256', file);

let setting: AcquireSetting;
beforeEach(async () => {
  setting = await acquireSetting({ file: { kind: 'file', bytes: file, etag: '"one"' } });
});
afterEach(() => setting.close());

function wanted(change: Partial<Wanted> = {}): Wanted {
  return { urls: [setting.upstream.address('file')], name: 'the file', check: sha256Check(file), ...change };
}

describe('a file that upstream has', () => {
  it('is streamed while it arrives, stored, and told', async () => {
    const told: unknown[] = [];
    const acquirer = await setting.acquirer({ onStored: async (stored) => void told.push(stored) });
    const acquisition = await acquirer.acquire(wanted());
    expect(acquisition).toMatchObject({ origin: 'fetching', sizeBytes: file.length });
    expect((await collect(acquisition.stream())).equals(file)).toBe(true);
    expect(await acquisition.done).toEqual({ sha256 });
    expect(await setting.stored()).toEqual([sha256]);
    expect(setting.work()).toEqual([]);
    expect(told).toEqual([{ sha256, sizeBytes: file.length, host: '127.0.0.1', check: sha256Check(file) }]);
    expect(acquirer.received()).toEqual(new Map([['127.0.0.1', file.length]]));
    expect(acquirer.transfers()).toEqual([]);
  });

  it('is had from the store the next time, also a part of it', async () => {
    const acquirer = await setting.acquirer();
    await (
      await acquirer.acquire(wanted())
    ).done;
    const again = await acquirer.acquire(wanted({ urls: [] }));
    expect(again.origin).toBe('stored');
    expect(await again.done).toEqual({ sha256 });
    expect((await collect(again.stream())).equals(file)).toBe(true);
    expect((await collect(again.stream({ first: 10, last: 19 }))).equals(file.subarray(10, 20))).toBe(true);
    expect(setting.upstream.requests).toHaveLength(1);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['a byte', Buffer.from('x')],
    ['exactly what is held back', randomBytes(HELD_BACK_BYTES)],
    ['a byte more than that', randomBytes(HELD_BACK_BYTES + 1)],
  ])('may have %s', async (_, bytes) => {
    setting.upstream.set('file', { kind: 'file', bytes });
    const acquirer = await setting.acquirer();
    const acquisition = await acquirer.acquire(wanted({ check: sha256Check(bytes) }));
    expect((await collect(acquisition.stream())).equals(bytes)).toBe(true);
    expect(await acquisition.done).toEqual({ sha256: digest('sha256', bytes) });
  });

  it('is checked by SHA-512 where metadata states that, and found again by it', async () => {
    const check = { kind: 'sha512', sha512: digest('sha512', file), sizeBytes: file.length } as const;
    const acquirer = await setting.acquirer();
    expect(await (await acquirer.acquire(wanted({ check }))).done).toEqual({ sha256 });
    expect((await acquirer.acquire(wanted({ check }))).origin).toBe('stored');
    const restarted = await setting.acquirer({ known: async () => sha256 });
    expect((await restarted.acquire(wanted({ check }))).origin).toBe('stored');
    const wrong = { ...check, sha512: digest('sha512', Buffer.from('other')) };
    await expect((await acquirer.acquire(wanted({ check: wrong }))).done).rejects.toMatchObject({
      code: 'wrong-digest',
    });
  });

  it('is looked at by the caller before it is stored, and thrown away when they object', async () => {
    const acquirer = await setting.acquirer();
    const seen: string[] = [];
    const objecting = wanted({
      afterCheck: async (path) => {
        seen.push(digest('sha256', readFileSync(path)));
        throw new ContentFault('unsigned', 'nobody signed it');
      },
    });
    await expect((await acquirer.acquire(objecting)).done).rejects.toMatchObject({ code: 'unsigned' });
    expect(seen).toEqual([sha256]);
    expect(await setting.stored()).toEqual([]);
    expect(setting.work()).toEqual([]);
  });

  it('contradicts metadata that states another size for its digest', async () => {
    const acquirer = await setting.acquirer();
    await (
      await acquirer.acquire(wanted())
    ).done;
    await expect(acquirer.acquire(wanted({ check: { ...sha256Check(file), sizeBytes: 7 } }))).rejects.toMatchObject({
      name: 'ContentFault',
      code: 'wrong-digest',
    });
  });
});

describe('many who ask for one file', () => {
  it('cost one request, and each gets all of it', async () => {
    const gate = Promise.withResolvers<void>();
    setting.upstream.set('file', { kind: 'held', until: gate.promise, next: { kind: 'file', bytes: file } });
    const acquirer = await setting.acquirer();
    const all = await Promise.all(Array.from({ length: 200 }, () => acquirer.acquire(wanted())));
    expect(all.map(({ origin }) => origin).sort()).toEqual(['fetching', ...Array(199).fill('following')]);
    const bodies = all.map((acquisition) => collect(acquisition.stream()));
    expect(acquirer.transfers()).toEqual([
      {
        name: 'the file',
        host: '127.0.0.1',
        sizeBytes: file.length,
        receivedBytes: 0,
        startedAt: expect.any(Date),
        followers: 200,
      },
    ]);
    gate.resolve();
    expect((await Promise.all(bodies)).filter((body) => !body.equals(file))).toEqual([]);
    expect(setting.upstream.requests).toHaveLength(1);
    expect(await setting.stored()).toEqual([sha256]);
  });

  it('may go away, one or all, and the file still comes', async () => {
    const gate = Promise.withResolvers<void>();
    setting.upstream.set('file', { kind: 'held', until: gate.promise, next: { kind: 'file', bytes: file } });
    const acquirer = await setting.acquirer();
    const first = await acquirer.acquire(wanted());
    const second = await acquirer.acquire(wanted());
    const leaving = first.stream();
    const staying = collect(second.stream());
    leaving.destroy();
    expect(acquirer.transfers()[0]?.followers).toBe(1);
    gate.resolve();
    expect((await staying).equals(file)).toBe(true);

    setting.upstream.set('other', { kind: 'file', bytes: file.subarray(1) });
    const alone = await acquirer.acquire(
      wanted({ urls: [setting.upstream.address('other')], check: sha256Check(file.subarray(1)) }),
    );
    alone.stream().destroy();
    expect(await alone.done).toEqual({ sha256: digest('sha256', file.subarray(1)) });
  });

  it('read what they asked for, at their own pace', async () => {
    const acquirer = await setting.acquirer();
    const acquisition = await acquirer.acquire(wanted());
    const slow = acquisition.stream();
    const ranges = [
      [0, 0],
      [70_000, 390_000],
      [file.length - 1, file.length - 1],
      [file.length - HELD_BACK_BYTES - 10, file.length - 5],
    ] as const;
    for (const [first, last] of ranges)
      expect((await collect(acquisition.stream({ first, last }))).equals(file.subarray(first, last + 1))).toBe(true);
    await acquisition.done;
    expect((await collect(slow)).equals(file)).toBe(true);
  });
});

describe('the end of a file', () => {
  it('is held back until the check has passed, and never given when it does not', async () => {
    const other = Buffer.concat([file.subarray(0, -1), Buffer.from([(file.at(-1) ?? 0) ^ 1])]);
    setting.upstream.set('file', { kind: 'file', bytes: other });
    const acquirer = await setting.acquirer();
    const acquisition = await acquirer.acquire(wanted());
    const { bytes, fault } = await collectUntilFault(acquisition.stream());
    expect(fault).toMatchObject({ name: 'ContentFault', code: 'wrong-digest' });
    expect(bytes.length).toBeLessThanOrEqual(file.length - HELD_BACK_BYTES);
    await expect(acquisition.done).rejects.toBe(fault);
    expect(await setting.stored()).toEqual([]);
  });

  it('of a small file is all of it', async () => {
    const bytes = randomBytes(HELD_BACK_BYTES);
    setting.upstream.set('file', { kind: 'file', bytes: Buffer.from(bytes).fill(0) });
    const acquirer = await setting.acquirer();
    const acquisition = await acquirer.acquire(wanted({ check: sha256Check(bytes) }));
    expect(await collectUntilFault(acquisition.stream())).toEqual({
      bytes: Buffer.alloc(0),
      fault: expect.objectContaining({ code: 'wrong-digest' }),
    });
  });
});

describe('limits', () => {
  it('on transfers at a time from one host are kept', async () => {
    const gate = Promise.withResolvers<void>();
    const bodies = Array.from({ length: 6 }, (_, index) => Buffer.from(`file ${index}`));
    for (const [index, bytes] of bodies.entries())
      setting.upstream.set(`${index}`, { kind: 'held', until: gate.promise, next: { kind: 'file', bytes } });
    const acquirer = await setting.acquirer({ perHost: 2 }, { limits: { answerMs: 10_000 } });
    const all = await Promise.all(
      bodies.map((bytes, index) =>
        acquirer.acquire({ urls: [setting.upstream.address(`${index}`)], name: 'x', check: sha256Check(bytes) }),
      ),
    );
    await expect.poll(() => setting.upstream.requests.length).toBe(2);
    expect(acquirer.transfers()).toHaveLength(6);
    gate.resolve();
    await Promise.all(all.map(({ done }) => done));
    expect(setting.upstream.requests).toHaveLength(6);
  });

  it('on bandwidth hold for all transfers together', async () => {
    const waits: number[] = [];
    const acquirer = await setting.acquirer(
      { bandwidthBytesPerSecond: 100_000 },
      { wait: async (ms) => void waits.push(ms) },
    );
    await (
      await acquirer.acquire(wanted())
    ).done;
    // Time does not pass while nothing is really waited for: the last piece waits for all of them.
    expect(Math.max(...waits)).toBeGreaterThan(3_000);
    expect(Math.max(...waits)).toBeLessThanOrEqual(4_000);
  });

  it('on free space stop what is new, and nothing else', async () => {
    const acquirer = await setting.acquirer();
    await (
      await acquirer.acquire(wanted())
    ).done;
    const nearlyFull = await setting.acquirer({ reserveBytes: Number.MAX_SAFE_INTEGER / 2 });
    expect((await nearlyFull.acquire(wanted())).origin).toBe('stored');
    await expect(nearlyFull.acquire(wanted({ check: sha256Check(Buffer.from('new')) }))).rejects.toMatchObject({
      name: 'ContentFault',
      code: 'disk-full',
      message: expect.stringMatching(/nothing more is fetched: of folder .* MB are free/),
    });
  });
});

describe('a small file of which nothing is known', () => {
  const limits = { limitBytes: 1000, signal: new AbortController().signal };
  const ask = async (...paths: readonly string[]) =>
    (await setting.acquirer()).fetchUnverified({ urls: paths.map(setting.upstream.address), name: 'index' }, limits);

  beforeEach(() => {
    setting.upstream.set('index', { kind: 'file', bytes: Buffer.from('index') });
    setting.upstream.set('gone', { kind: 'status', status: 410 });
    setting.upstream.set('broken', { kind: 'status', status: 500 });
  });

  it('is given from the first address that has it, and is not stored', async () => {
    expect(Buffer.from((await ask('gone', 'broken', 'index')) ?? []).toString()).toBe('index');
    expect(await setting.stored()).toEqual([]);
  });

  it('is null where nobody has it, which is another thing than nobody answering', async () => {
    expect(await ask('gone', 'none')).toBeNull();
    await expect(ask('gone', 'broken')).rejects.toMatchObject({ code: 'unreachable' });
    await expect(ask('file')).rejects.toMatchObject({ code: 'too-large' });
    await expect((await setting.acquirer()).fetchUnverified({ urls: [], name: 'x' }, limits)).rejects.toMatchObject({
      code: 'unreachable',
    });
  });

  it('is asked for at each host only as often as the host wants, and the others are asked instead', async () => {
    const busy = await acquireSetting({ index: { kind: 'status', status: 429, headers: { 'retry-after': '600' } } });
    try {
      const acquirer = await setting.acquirer();
      const only = { urls: [busy.upstream.address('index')], name: 'index' };
      await expect(acquirer.fetchUnverified(only, limits)).rejects.toMatchObject({ code: 'unreachable' });
      await expect(acquirer.fetchUnverified(only, limits)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringMatching(/asked again in/),
      });
      const both = { urls: [...only.urls, setting.upstream.address('index')], name: 'index' };
      expect(Buffer.from((await acquirer.fetchUnverified(both, limits)) ?? []).toString()).toBe('index');
      expect(busy.upstream.requests).toHaveLength(1);
    } finally {
      await busy.close();
    }
  });

  it('is no longer waited for when the caller leaves', async () => {
    setting.upstream.set('index', { kind: 'silent', bytes: Buffer.from('index'), after: 2 });
    const leaving = new AbortController();
    const acquirer = await setting.acquirer({}, { limits: { idleMs: 10_000 } });
    const asking = acquirer.fetchUnverified(
      { urls: [setting.upstream.address('index')], name: 'index' },
      { limitBytes: 1000, signal: leaving.signal },
    );
    await expect.poll(() => setting.upstream.requests.length).toBe(1);
    leaving.abort(new Error('left'));
    await expect(asking).rejects.toThrow('left');
  });
});

it('a store that is elsewhere gets the file, and who follows has it from here', async () => {
  const service = await startS3();
  try {
    const store = await openS3Store({
      ...service,
      prefix: '',
      region: 'us-east-1',
      workDirectory: setting.store.workDirectory,
    });
    const acquirer = await setting.acquirer({}, {}, store);
    const acquisition = await acquirer.acquire(wanted());
    const slow = acquisition.stream();
    expect((await collect(acquisition.stream())).equals(file)).toBe(true);
    expect(await acquisition.done).toEqual({ sha256 });
    expect(await store.has(sha256)).toBe(file.length);
    expect((await collect(slow)).equals(file)).toBe(true);
    const again = await acquirer.acquire(wanted());
    expect(again.origin).toBe('stored');
    expect((await collect(again.stream({ first: 5, last: 100_004 }))).equals(file.subarray(5, 100_005))).toBe(true);
    expect(setting.work()).toEqual([]);
  } finally {
    await service.close();
  }
});
