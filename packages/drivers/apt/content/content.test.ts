import type { ContentSource } from '@thimble/protocol';
import { describe, expect, test } from 'vitest';
import { createRecordedHost } from '../../recorded-host.ts';
import { blockOf, blockPreferences } from '../blocks.ts';
import { parseDeb822Sources } from '../sources/deb822-form.ts';
import { parseOneLine } from '../sources/one-line.ts';
import { matchEntries } from './matching.ts';
import { inOwnWords, ownAddress, snapshotError, type SnapshotPlaces } from './own-words.ts';
import { privateSources } from './private-sources.ts';
import { removeUnfinished, snapshotFolder } from './snapshot-folder.ts';

const ID = '0199a5a0-0000-7000-8000-00000000000a';
const BASE = 'http://127.0.0.1:4242/0123456789abcdef';

function source(change: Partial<ContentSource['repositories'][number]> = {}): ContentSource {
  const repository = {
    revisionId: ID,
    format: 'apt' as const,
    uris: ['http://deb.example/debian/', 'https://mirror.example/debian'],
    suite: 'bookworm',
    components: ['main', 'contrib'],
    metadataPath: 'dists/bookworm/InRelease',
    metadataSha256: 'a'.repeat(64),
    date: null,
    ...change,
  };
  return { snapshotId: ID, snapshotName: 'S', repositories: [repository] };
}

const match = (line: string, from = source()) => matchEntries(parseOneLine(line, '/s').entries, from, ['amd64']);

describe('an entry of the endpoint and a repository of a snapshot', () => {
  test.each([
    ['the same', 'deb http://deb.example/debian bookworm main', ['main']],
    ['another case, port and slashes', 'deb HTTP://Deb.Example:80/debian/// bookworm main', ['main']],
    ['credentials', 'deb https://me:secret@mirror.example/debian bookworm main', ['main']],
    ['more components than the snapshot', 'deb http://deb.example/debian bookworm main non-free', ['main']],
    ['another suite', 'deb http://deb.example/debian bookworm-updates main', null],
    ['another scheme', 'deb https://deb.example/debian bookworm main', null],
    ['another path', 'deb http://deb.example/Debian bookworm main', null],
    ['no component in common', 'deb http://deb.example/debian bookworm non-free', null],
    ['of this machine alone', 'deb file:/deb.example/debian bookworm main', null],
  ])('%s', (_, line, components) => {
    const { matched } = match(line);
    expect(matched.map((each) => each.components)).toEqual(components === null ? [] : [components]);
  });

  test('what the snapshot lacks is named, the components of a repository too', () => {
    const { outside } = match('deb http://deb.example/debian bookworm main non-free\ndeb http://x stable main');
    expect(outside.map(({ entry, components }) => [entry.uri, components])).toEqual([
      ['http://deb.example/debian', ['non-free']],
      ['http://x', ['main']],
    ]);
  });

  test.each(['./', '/', './/'])('a flat repository written %s', (suite) => {
    const flat = source({ suite: './', components: [] });
    expect(match(`deb http://deb.example/debian ${suite}`, flat).matched).toHaveLength(1);
    expect(match(`deb http://deb.example/debian ${suite}sub/`, flat).matched).toHaveLength(0);
  });

  test('of another format, or by a mirror list that the snapshot names', () => {
    expect(match('deb http://deb.example/debian bookworm main', source({ format: 'rpm' })).matched).toEqual([]);
    const listed = source({ uris: ['https://m.example/list'] });
    expect(match('deb mirror+https://m.example/list bookworm main', listed).matched).toHaveLength(1);
  });
});

describe('the private sources', () => {
  test('have the gateway’s address, whose signature counts, and no option that does without one', () => {
    const options =
      'arch=amd64 arch+=i386 signed-by=/k.gpg allow-insecure=yes allow-weak=yes allow-downgrade-to-insecure=yes trusted=yes check-valid-until=no inrelease-path=x snapshot=enable lang=de';
    const { matched } = match(`deb [${options}] http://u:p@deb.example/debian bookworm main non-free`);
    expect(privateSources(matched, () => BASE)).toBe(
      `Types: deb\nURIs: ${BASE}/revisions/${ID}\nSuites: bookworm\nComponents: main\nsigned-by: /k.gpg\narchitectures: amd64\narchitectures-add: i386\n`,
    );
  });

  test('keep a key inside a stanza, and an administrator’s distrust', () => {
    const text =
      'Types: deb\nURIs: http://deb.example/debian\nSuites: bookworm\nComponents: main\nTrusted: no\nSigned-By:\n -----BEGIN\n .\n abc\n';
    const { matched } = matchEntries(parseDeb822Sources(text, '/s').entries, source(), ['amd64']);
    expect(privateSources(matched, () => BASE)).toContain('\nsigned-by: \n -----BEGIN\n .\n abc\nTrusted: no\n');
  });
});

describe('what is told of a snapshot', () => {
  const snapshot: SnapshotPlaces = {
    snapshotName: 'S',
    baseUrls: [BASE],
    addresses: [{ gateway: `${BASE}/revisions/${ID}`, own: 'http://deb.example/debian' }],
  };
  test('has the endpoint’s own addresses and not the gateway’s', () => {
    expect(ownAddress({ snapshot }, `${BASE}/revisions/${ID}/`)).toBe('http://deb.example/debian/');
    expect(ownAddress({ snapshot }, 'http://x/')).toBe('http://x/');
    const said = `E: Failed to fetch ${BASE}/revisions/${ID}/dists/x  404  Not Found [IP: 127.0.0.1 4242] 127.0.0.1:4242_0123456789abcdef_x`;
    expect(inOwnWords({ snapshot }, said)).toBe(
      'E: Failed to fetch http://deb.example/debian/dists/x  404  Not Found 127.0.0.1:4242_…_x',
    );
  });
  test.each([
    ['index-unreachable', 'E: Failed', 'snapshot-unavailable'],
    ['download-failed', 'E: Failed to fetch x  503  Service Unavailable', 'snapshot-unavailable'],
    ['download-failed', 'E: Failed to fetch x  404  Not Found', 'download-failed'],
    ['download-failed', 'E: Failed to fetch x  451  Unavailable For Legal Reasons', 'blocked'],
    ['index-not-verified', 'E: BADSIG', 'index-not-verified'],
  ] as const)('%s with %j is %s', (code, message, expected) => {
    expect(snapshotError({ snapshot }, { code, message }).code).toBe(expected);
    expect(snapshotError({}, { code, message })).toEqual({ code, message });
  });
});

describe('a block', () => {
  const block = { name: 'tool', architecture: null, version: '1:2.0~rc1', reason: 'recalled' };
  test.each([
    ['every architecture', block, true],
    ['this architecture', { ...block, architecture: 'amd64' }, true],
    ['another architecture', { ...block, architecture: 'arm64' }, false],
    ['another version', { ...block, version: '2.0~rc1' }, false],
    ['another package', { ...block, name: 'tools' }, false],
  ])('of %s', (_, each, holds) => {
    expect(blockOf([each], { name: 'tool', architecture: 'amd64', version: '1:2.0~rc1' })).toBe(holds ? each : null);
  });
  test('is a pin that only names what apt can have', () => {
    const odd = [
      { ...block, version: '/.*/' },
      { ...block, name: '*' },
      { ...block, version: '1*' },
    ];
    expect(blockPreferences([block, ...odd, { ...block, architecture: 'arm64' }])).toBe(
      'Package: tool:any\nPin: version 1:2.0~rc1\nPin-Priority: -1\n\nPackage: tool:arm64\nPin: version 1:2.0~rc1\nPin-Priority: -1\n',
    );
  });
});

test('to begin anew, what was left unfinished goes, and what was verified stays', async () => {
  const workspace = { directory: '/w', archives: '/w/archives' };
  const folder = snapshotFolder(workspace, ID);
  const files = [
    `${folder.lists}/x_InRelease`,
    `${folder.lists}/partial/x_Packages`,
    `${folder.lists}/partial/y.FAILED`,
  ];
  const archives = [
    '/w/archives/a_1_all.deb',
    '/w/archives/partial/b_1_all.deb',
    '/w/archives/partial/c_1_all.deb.FAILED',
  ];
  const host = createRecordedHost({
    files: Object.fromEntries([...files, ...archives].map((path) => [path, 'bytes'])),
  });
  await removeUnfinished(host, workspace, folder);
  const left = await Promise.all(
    [...files, ...archives].map(async (path) => ((await host.stat(path)) === null ? [] : [path])),
  );
  expect(left.flat()).toEqual([files[0], archives[0]]);
});
