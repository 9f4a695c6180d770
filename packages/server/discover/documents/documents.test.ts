import { gzipSync } from 'node:zlib';
import { canonicalJson, type DocumentKind } from '@thimble/protocol';
import { sha256 } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type FakeAgent,
  fakeManifest,
  fakePackage,
  fakeRepositories,
  fakeSystem,
  fakeUpdate,
  fakeUpdates,
} from '../../testing.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

let fleet: TestFleet;
let agent: FakeAgent;
beforeAll(async () => {
  fleet = await startTestFleet();
  agent = await fleet.agent('documents');
});
afterAll(() => fleet.stop());

const put = (kind: DocumentKind, body: string | Uint8Array, digest: string, headers: Record<string, string> = {}) =>
  agent.send({ method: 'PUT', path: `/documents/${kind}/${digest}`, body, headers });
const putText = (kind: DocumentKind, text: string) => put(kind, text, sha256(text));

describe('PUT /agent/documents', () => {
  test('a document that one endpoint sent is not wanted from another with the same', async () => {
    const twin = await fleet.agent('twin', { system: fakeSystem('twin') });
    const third = await fleet.agent('third');
    expect((await twin.checkIn()).wanted).toEqual([]);
    const packages = [fakePackage('nginx', '1.22.1-9'), fakePackage('zlib1g', '1:1.2.13')];
    twin.manifest = fakeManifest(packages);
    expect((await twin.report()).wanted).toEqual(['manifest']);
    third.manifest = fakeManifest([...packages].reverse());
    expect((await third.checkIn()).wanted).toEqual([]);
    const { json } = await fleet.call('GET', `/endpoints/${third.id}/packages`);
    expect(json).toMatchObject({ total: 2, items: packages });
  });

  test('what is stored gives back the very bytes that the digest names', async () => {
    const manifest = fakeManifest([
      fakePackage('libc6', '2.36-9', { origin: null, held: true }),
      fakePackage('libc6', '2.36-9', { architecture: 'i386', automatic: true, status: 'half-configured' }),
      fakePackage('g++', '4:12.2.0-3', { source: 'gcc-defaults', sourceVersion: '1.203' }),
    ]);
    agent.manifest = manifest;
    await agent.report();
    const { json } = await fleet.call('GET', `/endpoints/${agent.id}/packages`);
    const detail = await fleet.call('GET', `/endpoints/${agent.id}`);
    const rebuilt = { ...manifest, packages: (json as { items: typeof manifest.packages }).items };
    expect(sha256(canonicalJson(rebuilt))).toBe((detail.json as { manifestSha256: string }).manifestSha256);
  });

  test('422 digest-mismatch: other bytes than the digest names', async () => {
    expect(await put('manifest', canonicalJson(agent.manifest), 'a'.repeat(64))).toMatchObject({
      status: 422,
      json: { code: 'digest-mismatch' },
    });
  });

  test.each([
    ['members that nobody knows', () => canonicalJson({ ...agent.manifest, extra: 1 })],
    ['white space', () => JSON.stringify(agent.manifest, null, 1)],
    [
      'members in another order',
      () => canonicalJson(agent.manifest).replace('"format":1,', '').replace('],"scheme"', '],"format":1,"scheme"'),
    ],
    [
      'packages that are not sorted',
      () => canonicalJson({ ...agent.manifest, packages: [fakePackage('b', '1'), fakePackage('a', '1')] }),
    ],
    [
      'a package twice',
      () => canonicalJson({ ...agent.manifest, packages: [fakePackage('a', '1'), fakePackage('a', '2')] }),
    ],
    [
      'an unknown member in a package',
      () => canonicalJson({ ...agent.manifest, packages: [{ ...fakePackage('a', '1'), zzz: 1 }] }),
    ],
    [
      'a prototype for a member',
      () => canonicalJson(agent.manifest).replace('"format":1', '"__proto__":{"polluted":1},"format":1'),
    ],
  ])('422: a manifest with %s', async (_name, text) => {
    expect(await putText('manifest', text())).toMatchObject({ status: 422 });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  test.each([
    ['a version with a line break', { version: '1\n2' }],
    ['a name of 300 characters', { name: 'a'.repeat(300) }],
    ['a status that dpkg does not have', { status: 'fine' }],
  ])('422: a package with %s', async (_name, wrong) => {
    const text = canonicalJson({ ...agent.manifest, packages: [{ ...fakePackage('a', '1'), ...wrong }] });
    expect(await putText('manifest', text)).toMatchObject({ status: 422, json: { code: 'invalid-document' } });
  });

  test('400: truncated gzip, bytes that are no UTF-8, half a surrogate pair, text that is no JSON', async () => {
    const text = canonicalJson(agent.manifest);
    const half = gzipSync(text).subarray(0, 40);
    expect(await put('manifest', half, sha256(text), { 'content-encoding': 'gzip' })).toMatchObject({ status: 400 });
    expect(await put('manifest', Buffer.from([0xff, 0xfe]), 'a'.repeat(64))).toMatchObject({ status: 400 });
    for (const bad of ['{"a":"\\ud800"}', 'nothing', '[', ''])
      expect(await putText('system', bad), bad).toMatchObject({ status: 400 });
  });

  test('400 or 422: JSON that is nested very deep', async () => {
    const deep = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect([400, 422]).toContain((await putText('system', deep)).status);
  });

  test('413: a small body that inflates to more than a document may be', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    expect(bomb.length).toBeLessThan(100_000);
    const reply = await put('manifest', bomb, 'a'.repeat(64), { 'content-encoding': 'gzip' });
    expect(reply).toMatchObject({ status: 413, json: { code: 'too-large' } });
  });

  test('413: a body of 33 MB', async () => {
    const reply = await put('manifest', Buffer.alloc(33 * 1024 * 1024, 0x20), 'a'.repeat(64)).catch(() => null);
    // The server may close the connection while the client still writes: it has not read all that.
    if (reply !== null) expect(reply.status).toBe(413);
    expect((await agent.checkIn()).serverTime).toMatch(/^2/);
  });

  test('415: an encoding other than gzip', async () => {
    expect(await put('manifest', 'x', 'a'.repeat(64), { 'content-encoding': 'br' })).toMatchObject({ status: 415 });
  });

  test('400: a kind or a digest that is none', async () => {
    expect((await agent.send({ method: 'PUT', path: `/documents/secrets/${'a'.repeat(64)}`, body: '1' })).status).toBe(
      400,
    );
    expect((await agent.send({ method: 'PUT', path: '/documents/manifest/abc', body: '1' })).status).toBe(400);
  });

  test('each document’s interval ends where the next begins, and none is deleted', async () => {
    const one = await fleet.agent('intervals');
    const first = one.updates;
    one.updates = fakeUpdates([fakeUpdate('curl', '7.88.1-10', '7.88.1-11')]);
    await one.report();
    one.updates = first;
    // Known already: adopted by its digest alone.
    expect((await one.report()).wanted).toEqual([]);
    const { rows } = await fleet.context.database.pool.query<{ valid_from: Date; valid_to: Date | null }>(
      'select valid_from, valid_to from endpoint_updates where endpoint_id = $1 order by valid_from',
      [one.id],
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]?.valid_to).toEqual(rows[1]?.valid_from);
    expect(rows[1]?.valid_to).toEqual(rows[2]?.valid_from);
    expect(rows[2]?.valid_to).toBeNull();
  });

  test('an endpoint tells where its software comes from, apart from whether its findings can be assessed', async () => {
    const key = Buffer.from('a key');
    const uri = 'https://user:secret@archive.example/debian/';
    const one = await fleet.agent('sourced', { repositories: fakeRepositories([{ uris: [uri], keys: [key] }]) });
    expect((await one.checkIn()).wanted).toEqual([]);
    const stored = async () =>
      (
        await fleet.context.database.pool.query<{ uri: string; material: string; open: boolean }>(
          `select d.document->'repositories'->0->'uris'->>0 as uri, d.document->'keyrings'->0->>'material' as material,
             r.valid_to is null as open
           from endpoint_repositories r join repositories_document d using (organisation_id, sha256)
           where r.endpoint_id = $1 order by r.valid_from`,
          [one.id],
        )
      ).rows;
    const first = { uri: 'https://archive.example/debian/', material: key.toString('base64'), open: true };
    expect(await stored()).toEqual([first]);
    one.repositories = fakeRepositories([{ uris: ['http://other.example/'] }]);
    expect((await one.report()).wanted).toEqual(['repositories']);
    expect(await stored()).toEqual([
      { ...first, open: false },
      { uri: 'http://other.example/', material: null, open: true },
    ]);
    // An older agent in its place: nothing is asked for, and nothing is forgotten.
    one.repositories = undefined;
    expect((await one.checkIn()).wanted).toEqual([]);
    expect(await stored()).toHaveLength(2);
  });

  test('422: a key file that is not the one its digest names', async () => {
    const document = fakeRepositories([{ keys: [Buffer.from('a key')] }]);
    const [keyring] = document.keyrings;
    const wrong = { ...document, keyrings: [{ ...keyring, material: Buffer.from('another').toString('base64') }] };
    expect(await putText('repositories', canonicalJson(wrong))).toMatchObject({
      status: 422,
      json: { code: 'digest-mismatch' },
    });
  });

  test('many endpoints that send the same new packages at once all get them', async () => {
    const manifest = fakeManifest(Array.from({ length: 50 }, (_, index) => fakePackage(`new-${index}`, '1.0')));
    const many = await Promise.all(Array.from({ length: 6 }, (_, index) => fleet.agent(`same${index}`, { manifest })));
    for (const { id } of many)
      expect((await fleet.call('GET', `/endpoints/${id}/packages`)).json).toMatchObject({ total: 50 });
    const { rows } = await fleet.context.database.pool.query(
      "select count(*) as n from package_version where name like 'new-%'",
    );
    expect(rows).toEqual([{ n: 50 }]);
  });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
