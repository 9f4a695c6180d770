import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Repositories } from '@thimble/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../host.ts';
import { createLocalHost } from '../../local-host.ts';
import { repositories } from './repositories.ts';

const FINGERPRINT = '4CB50190207B4758A3F73A796ED0E7B82643E131';
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the document of configured repositories', () => {
  let folder: string;
  let host: Host;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'apt-repositories-'));
    for (const each of ['sources.list.d', 'trusted.gpg.d']) mkdirSync(join(folder, each));
    const told = [
      `SOURCELIST='${folder}/sources.list'`,
      `SOURCEPARTS='${folder}/sources.list.d'`,
      `TRUSTED='${folder}/trusted.gpg'`,
      `TRUSTEDPARTS='${folder}/trusted.gpg.d/'`,
      "NATIVE='amd64'",
    ].join('\n');
    host = {
      ...createLocalHost(),
      run: ([, call]) =>
        Promise.resolve({
          exitCode: 0,
          signal: null,
          stdout:
            call === 'shell' ? told : 'APT::Architectures \nAPT::Architectures:: amd64\nAPT::Architectures:: i386\n',
          stderr: '',
          truncated: false,
          stopped: null,
        }),
    };
    write('key.gpg', 'one key');
    write('trusted.gpg.d/a.gpg', 'system key a');
    write('trusted.gpg.d/b.asc', 'system key b');
    write('trusted.gpg.d/c.txt', 'no key');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const collect = () => repositories(host);
  const SYSTEM = [digest('system key a'), digest('system key b')].sort();

  test.each([
    [
      'its key file',
      'signed-by=FOLDER/key.gpg',
      { keyrings: [digest('one key')], fingerprints: [], trust: 'keyrings' },
    ],
    [
      'fingerprints among the system’s keys',
      `signed-by=${FINGERPRINT}!`,
      { keyrings: SYSTEM, fingerprints: [FINGERPRINT], trust: 'keyrings' },
    ],
    ['the system’s keys', 'arch=amd64', { keyrings: SYSTEM, fingerprints: [], trust: 'keyrings' }],
    ['nobody, as its administrator says', 'trusted=yes', { keyrings: SYSTEM, fingerprints: [], trust: 'unsigned' }],
    [
      'nobody, where signatures may lack',
      'allow-insecure=yes',
      { keyrings: SYSTEM, fingerprints: [], trust: 'unsigned' },
    ],
  ])('names who vouches for a repository: %s', async (_, option, expected) => {
    write('sources.list', `deb [${option.replace('FOLDER', folder)}] http://a.example/debian stable main\n`);
    const { repositories: found, keyrings, gaps } = await collect();
    expect(found).toMatchObject([expected]);
    expect(keyrings.map(({ sha256 }) => sha256)).toEqual(expected.keyrings);
    for (const { sha256, material } of keyrings)
      expect(digest(Buffer.from(material, 'base64').toString())).toBe(sha256);
    expect(gaps).toEqual([]);
  });

  test('keeps credentials on the endpoint, and a mirror list apart from an address', async () => {
    write(
      'sources.list',
      'deb http://user:secret@a.example/x stable main\ndeb mirror+https://u:secret@m.example/list stable main\n',
    );
    const document = await collect();
    expect(JSON.stringify(document)).not.toContain('secret');
    expect(document.repositories).toMatchObject([
      { uris: ['http://a.example/x'], mirrorList: null, architectures: ['amd64', 'i386'] },
      { uris: [], mirrorList: 'https://m.example/list', name: `${folder}/sources.list:2` },
    ]);
  });

  test('a key inside a stanza is one of the keyrings, and each pair of address and suite a repository', async () => {
    const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----\n';
    const indented = key
      .trim()
      .split('\n')
      .map((line) => ` ${line === '' ? '.' : line}`)
      .join('\n');
    write(
      'sources.list.d/x.sources',
      `Types: deb\nURIs: http://b.example http://a.example\nSuites: two one\nComponents: main\nArchitectures: arm64\nSigned-By:\n${indented}\n`,
    );
    const { repositories: found, keyrings } = await collect();
    expect(found.map(({ uris, suite }) => `${uris[0]} ${suite}`)).toEqual([
      'http://a.example one',
      'http://a.example two',
      'http://b.example one',
      'http://b.example two',
    ]);
    expect(found[0]?.architectures).toEqual(['arm64']);
    expect(keyrings).toMatchObject([{ path: 'inline', sha256: digest(key), sizeBytes: key.length }]);
  });

  test('what can’t be read, is too large or can’t be reached by others is a gap', async () => {
    write('big.gpg', 'x'.repeat(1024 * 1024 + 1));
    write(
      'sources.list',
      `deb [signed-by=${folder}/big.gpg] http://a.example stable main\ndeb [signed-by=/no/such.gpg] http://b.example stable main\ndeb file:/srv/x stable main\n`,
    );
    const { repositories: found, keyrings, gaps } = await collect();
    expect(found).toMatchObject([
      { uris: ['http://a.example'], trust: 'keyrings', keyrings: [] },
      { uris: ['http://b.example'], trust: 'keyrings', keyrings: [] },
    ]);
    expect(keyrings).toEqual([]);
    expect(gaps.map(({ what }) => what)).toEqual([`${folder}/big.gpg`, '/no/such.gpg', `${folder}/sources.list:3`]);
  });

  test('is the same however its files are written, in whatever order', async () => {
    write('sources.list', 'deb http://b.example stable main\ndeb http://a.example stable main\n');
    const one = await collect();
    write('sources.list', '');
    write('sources.list.d/1.list', 'deb http://a.example stable main\n');
    write('sources.list.d/2.list', 'deb http://b.example stable main\n');
    const other = await collect();
    const withoutNames = ({ repositories: found }: Repositories) => found.map((each) => ({ ...each, name: '' }));
    expect(withoutNames(other)).toEqual(withoutNames(one));
    expect(other.keyrings).toEqual(one.keyrings);
  });
});
