import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ContentFaultCode } from '../model/index.ts';
import { type HostileUpstream, startHostileUpstream, type UpstreamBehaviour } from '../testing/hostile-upstream.ts';
import { type AcquireSetting, acquireSetting, collectUntilFault, sha256Check } from './testing/acquire-setting.ts';

const file = randomBytes(300_000);
const other = randomBytes(300_000);
const check = sha256Check(file);

let setting: AcquireSetting;
let mirror: HostileUpstream;
beforeAll(async () => {
  mirror = await startHostileUpstream({ file: { kind: 'file', bytes: file } });
});
afterAll(() => mirror.close());
beforeEach(async () => {
  setting = await acquireSetting();
});
afterEach(() => setting.close());

/** What upstream does, the fault that it is, and how often it is asked at most. */
const HOSTILE: readonly (readonly [string, UpstreamBehaviour, ContentFaultCode, number])[] = [
  ['other bytes', { kind: 'file', bytes: other }, 'wrong-digest', 1],
  ['fewer bytes, and says so', { kind: 'truncated', bytes: file, at: 200_000 }, 'truncated', 1],
  ['fewer bytes, without a word', { kind: 'file', bytes: file.subarray(1), length: false }, 'truncated', 1],
  ['more bytes, and says so', { kind: 'file', bytes: Buffer.concat([file, file]) }, 'too-large', 1],
  [
    'one byte too many, without a word',
    { kind: 'file', bytes: Buffer.concat([file, Buffer.from('x')]), length: false },
    'too-large',
    1,
  ],
  ['bytes without end', { kind: 'endless' }, 'too-large', 1],
  ['five gigabytes', { kind: 'announces', sizeBytes: 5e9 }, 'too-large', 1],
  ['a byte now and then, for ever', { kind: 'slow', bytes: file, everyMs: 20 }, 'unreachable', 1],
  ['a beginning, and then silence', { kind: 'silent', bytes: file, after: 1000 }, 'unreachable', 3],
  ['a connection that is cut after the header', { kind: 'cut', bytes: file, after: 1 }, 'unreachable', 3],
  ['a redirect to itself', { kind: 'redirect', to: '/file' }, 'unreachable', 18],
  ['a redirect to this machine', { kind: 'redirect', to: 'https://localhost/file' }, 'unreachable', 1],
  ['a redirect to this machine in figures', { kind: 'redirect', to: 'https://127.0.0.2/file' }, 'unreachable', 1],
  ['a redirect to a private network', { kind: 'redirect', to: 'https://10.1.2.3/file' }, 'unreachable', 1],
  ['a redirect to clear text elsewhere', { kind: 'redirect', to: 'http://cdn.example/file' }, 'unreachable', 1],
  ['a redirect to a file', { kind: 'redirect', to: 'file:///etc/passwd' }, 'unreachable', 1],
  ['nothing of that name', { kind: 'status', status: 404 }, 'missing', 1],
  ['a sign-in', { kind: 'status', status: 401 }, 'unreachable', 1],
  ['too many requests', { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, 'unreachable', 1],
  ['an answer that was not asked for', { kind: 'status', status: 304 }, 'unreachable', 1],
  ['an error of its own, always', { kind: 'status', status: 500 }, 'unreachable', 3],
  ['the first half, always', { kind: 'wrong-range', bytes: file }, 'malformed', 2],
];

describe('an upstream that gives', () => {
  it.each(HOSTILE)('%s', async (_, behaviour, code, requests) => {
    setting.upstream.set('file', behaviour);
    const acquirer = await setting.acquirer();
    const acquisition = await acquirer.acquire({ urls: [setting.upstream.address('file')], name: 'the file', check });
    const [{ bytes, fault }] = await Promise.all([
      collectUntilFault(acquisition.stream()),
      acquisition.done.catch(() => undefined),
    ]);
    expect(fault).toMatchObject({ name: 'ContentFault', code, message: expect.stringContaining('the file') });
    await expect(acquisition.done).rejects.toBe(fault);
    expect(bytes.length).toBeLessThan(file.length);
    expect(await setting.stored()).toEqual([]);
    expect(setting.upstream.requests.length).toBeLessThanOrEqual(requests);
    // The next one that asks is not poisoned by what came.
    const fresh = await setting.acquirer();
    const good = await fresh.acquire({ urls: [mirror.address('file')], name: 'the file', check });
    expect(await good.done).toEqual({ sha256: check.kind === 'sha256' ? check.sha256 : '' });
  });

  it.each(HOSTILE)('%s is no reason not to ask the next one', async (_, behaviour) => {
    setting.upstream.set('file', behaviour);
    const acquirer = await setting.acquirer();
    const urls = [setting.upstream.address('file'), mirror.address('file')];
    const acquisition = await acquirer.acquire({ urls, name: 'the file', check });
    const { fault } = await collectUntilFault(acquisition.stream());
    expect(await acquisition.done).toEqual({ sha256: check.kind === 'sha256' ? check.sha256 : '' });
    // Whoever has followed bytes that were wrong is told so, and gets the right ones by asking again.
    expect(fault === null || (fault instanceof Error && fault.message.includes('begun anew'))).toBe(true);
  });

  it('an address that may not be asked is not asked at all', async () => {
    const acquirer = await setting.acquirer();
    for (const address of [
      'http://10.0.0.1/file',
      'https://127.0.0.1/file',
      'http://mirror.example/',
      'ftp://a.example/',
    ])
      await expect(acquirer.acquire({ urls: [new URL(address)], name: 'the file', check })).rejects.toMatchObject({
        name: 'ContentFault',
        code: 'unreachable',
      });
    await expect(acquirer.acquire({ urls: [], name: 'the file', check })).rejects.toMatchObject({
      code: 'unreachable',
    });
    expect(setting.upstream.requests).toEqual([]);
  });
});
