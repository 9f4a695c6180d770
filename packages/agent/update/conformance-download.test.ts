import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeUpdateClient, type UpdateClient } from '../testing/update-client.ts';
import { makeSigner, PLATFORM, seal, sha256, TARGET, UpdateRepository } from '../testing/update-repository.ts';
import type { UpdateSite } from '../testing/update-site.ts';
import type { FetcherLimits } from './repository-fetcher.ts';

// The cases of theupdateframework/tuf-conformance about files, and what a hostile way to a repository does.

let client: UpdateClient;
let repository: UpdateRepository;
let site: UpdateSite;

beforeEach(async () => {
  client = await makeUpdateClient();
  ({ repository, site } = client);
});
afterEach(() => client.clean());

const look: UpdateClient['look'] = (limits) => client.look(limits);
const refused = { code: 'refused' };

describe('programs', () => {
  const program = Buffer.from('a program '.repeat(1000));
  const path = `targets/${sha256(program)}.${TARGET}`;
  const incoming = () => join(client.folder, 'fetched');

  beforeEach(() => {
    repository.offer('1.2.3', program);
    repository.publish();
  });

  async function download(): Promise<void> {
    const offered = await look();
    await offered?.download(incoming());
  }

  test('what the release names is fetched by its digest and verified', async () => {
    await download();
    expect(readFileSync(incoming()).equals(program)).toBe(true);
    expect(site.asked.at(-1)).toBe(path);
  });

  test.each([
    ['a byte more', Buffer.concat([program, Buffer.from('x')])],
    ['a byte less', program.subarray(1)],
    ['another byte', Buffer.concat([Buffer.from('X'), program.subarray(1)])],
    ['nothing', Buffer.alloc(0)],
  ])('%s: refused, and nothing is left', async (_, other) => {
    repository.files.set(path, other);
    await expect(download()).rejects.toMatchObject(refused);
    expect(() => readFileSync(incoming())).toThrow(/ENOENT/);
    expect(() => readFileSync(join(client.folder, 'update', 'incoming'))).toThrow(/ENOENT/);
  });

  test.each([
    ['no version', { platform: PLATFORM }],
    ['a version that is none', { version: '1.2.3/../..', platform: PLATFORM }],
    ['another platform', { version: '1.2.3', platform: 'plan9-mips' }],
  ])('a release with %s is refused', async (_, custom) => {
    repository.offer('1.2.3', program, custom);
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
  });

  test('a release without a SHA-256 is refused: its length alone would vouch for it', async () => {
    for (const target of Object.values(repository.targets.targets)) target.hashes = {};
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
  });
});

describe('delegations', () => {
  test('a role to which targets delegates is not asked: no other key than that of targets offers a program here', async () => {
    const other = makeSigner();
    const key = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: other.publicHex } };
    const role = { name: 'other', keyids: [other.keyid], threshold: 1, terminating: false, paths: ['*'] };
    Object.assign(repository.targets, { delegations: { keys: { [other.keyid]: key }, roles: [role] } });
    const offered = new UpdateRepository();
    offered.offer('9.9.9', Buffer.from('not from targets'));
    offered.targets.version = 1;
    repository.files.set('1.other.json', seal(offered.targets, [other]));
    repository.snapshot.meta['other.json'] = { version: 1 };
    repository.publish();
    expect(await look()).toBeNull();
    expect(site.asked).not.toContain('1.other.json');
    // What targets offers itself is taken as ever.
    repository.offer('1.2.3', Buffer.from('from targets'));
    repository.publish();
    expect(await look()).not.toBeNull();
  });
});

describe('the way to it', () => {
  const quick: FetcherLimits = { graceMs: 1500, idleMs: 1000 };

  test('endless data is cut off at the limit of the file', async () => {
    site.intercept = (path, response) => {
      if (path !== 'timestamp.json') return false;
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 0x20))) continue;
      };
      response.writeHead(200).on('drain', more);
      more();
      return true;
    };
    await expect(look()).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('more than 16384 bytes') as string,
    });
  });

  test('a byte now and then is too slow', async () => {
    site.intercept = (path, response) => {
      if (path !== 'timestamp.json') return false;
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 200);
      response.on('close', () => clearInterval(timer));
      return true;
    };
    await expect(look(quick)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('too slowly') as string,
    });
  });

  test('silence, an error, a redirection and a missing file are no answer, and nothing known is forgotten', async () => {
    await look();
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(200),
      (response) => response.writeHead(500).end('{}'),
      (response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end(),
      (response) => response.writeHead(404).end(),
    ];
    for (const answer of answers) {
      site.intercept = (path, response) => {
        if (path === 'timestamp.json') answer(response);
        return path === 'timestamp.json';
      };
      await expect(look(quick)).rejects.toMatchObject({ code: 'unreachable' });
      expect(client.trustedVersions).toEqual([1, 1, 1, 1]);
    }
  });
});
