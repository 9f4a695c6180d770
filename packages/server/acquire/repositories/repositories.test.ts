import { createApkKey, createGpgHome, type GpgHome } from '@thimble/content/testing';
import type { KeySummary, RepositoryProposalList, RepositorySummary } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeRepositories } from '../../testing.ts';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

// Nothing answers there: what is tested is decisions, not what upstream says.
const NOWHERE = 'http://127.0.0.1:9/debian/';

let fleet: TestFleet;
let gpg: GpgHome;
let vendor: string;
let expired: string;
let stranger: string;
beforeAll(async () => {
  fleet = await startTestFleet();
  gpg = createGpgHome();
  vendor = gpg.createKey({ userId: 'Vendor <vendor@example.org>' });
  expired = gpg.createKey({ userId: 'Old <old@example.org>', at: '20200101T000000', expires: '20210101T000000' });
  stranger = gpg.createKey({ userId: 'Stranger <stranger@example.org>' });
  const keys = [gpg.exportKeys([vendor, expired])];
  const place = { uris: [NOWHERE], suite: 'bookworm' };
  await fleet.agent('one', {
    repositories: fakeRepositories([
      { ...place, components: ['main'], keys },
      { ...place, components: ['contrib'], architectures: ['i386'], keys },
      { uris: ['cdrom:[Debian 12]/'], suite: 'bookworm', keys },
    ]),
  });
  await fleet.agent('two', {
    repositories: fakeRepositories([
      { ...place, uris: ['http://user:hunter2@127.0.0.1:9/debian'], keys: [gpg.exportKeys([vendor])] },
    ]),
  });
  await fleet.agent('three', {
    repositories: fakeRepositories([
      { uris: ['https://unsigned.example/apt'], suite: './', components: [], trust: 'unsigned' },
      { ...place, keys, fingerprints: [vendor] },
    ]),
  });
});
afterAll(async () => {
  await fleet?.stop();
  gpg?.close();
});

const add = (rest: Readonly<Record<string, unknown>> = {}) =>
  fleet.call('POST', '/content/repositories', {
    name: 'Vendor',
    format: 'apt',
    uris: [NOWHERE],
    mirrorList: null,
    suite: 'bookworm',
    components: ['main'],
    architectures: ['amd64'],
    fingerprints: [vendor],
    ...rest,
  });
const proposed = async () => (await fleet.call('GET', '/content/proposals')).json as unknown as RepositoryProposalList;
/** Of what people did: upstreams that nobody answers for are faults meanwhile. */
const lastEvidence = async () => {
  const { json } = await fleet.call('GET', '/evidence?limit=50');
  const items = json['items'] as { kind: string; actor: string; detail: Record<string, unknown> }[];
  return items.find(({ actor }) => actor !== 'thimble');
};

describe('proposals', () => {
  test('are places of endpoints, with what they take from them and how many accept which key', async () => {
    const { items } = await proposed();
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({
      format: 'apt',
      name: '127.0.0.1:9/debian bookworm',
      suite: 'bookworm',
      components: ['contrib', 'main'],
      architectures: ['amd64', 'i386'],
      endpointCount: 3,
      endpoints: ['one', 'three', 'two'],
      unsignedCount: 0,
      problem: '',
    });
    expect(items[0]?.keys.map(({ key, endpointCount }) => [key.fingerprint, endpointCount, key.problem])).toEqual([
      [vendor, 3, ''],
      [expired, 1, 'It expired on 2021-01-01.'],
    ]);
  });

  test('never show credentials', async () => {
    expect(JSON.stringify(await proposed())).not.toContain('hunter2');
  });

  test.each([
    ['https://unsigned.example/apt', /without a signature.*by hand/],
    ['cdrom:[Debian 12]/', /no http or https address/],
  ])('%s can’t be added as it is, and it is said why', async (uri, problem) => {
    const found = (await proposed()).items.find(({ uris }) => uris.includes(uri));
    expect(found?.problem).toMatch(problem);
  });
});

describe('POST /content/repositories', () => {
  test.each([
    ['no key', { fingerprints: [] }, 'no-key'],
    ['a key that nobody has', { fingerprints: ['A'.repeat(40)] }, 'unknown-key'],
    ['a part of a fingerprint', { fingerprints: [() => vendor.slice(-16)] }, 'unknown-key'],
    ['a key that has expired', { fingerprints: [() => expired] }, 'unusable-key'],
    ['credentials in the address', { uris: ['https://me:secret@example.org/'] }, 'bad-address'],
    ['a file', { uris: ['file:///srv/mirror/'] }, 'bad-address'],
    ['the metadata service of a cloud', { uris: ['http://169.254.169.254/latest/'] }, 'bad-address'],
    ['the same in other digits', { uris: ['http://0xa9fea9fe/'] }, 'bad-address'],
    ['the same in IPv6', { uris: ['http://[::ffff:169.254.169.254]/'] }, 'bad-address'],
    ['a link-local address', { uris: ['http://[fe80::1]/'] }, 'bad-address'],
    ['the metadata service by name', { uris: ['http://metadata.google.internal/'] }, 'bad-address'],
    ['a query', { uris: ['https://example.org/?a=b'] }, 'bad-address'],
    ['a suite that leaves its folder', { suite: '../bookworm' }, 'bad-definition'],
    ['a component that leaves its folder', { components: ['../main'] }, 'bad-definition'],
    ['a flat repository with components', { suite: 'x/' }, 'bad-definition'],
    ['no component', { components: [] }, 'bad-definition'],
    ['no architecture', { architectures: [] }, 'bad-definition'],
    ['packages signed one by one, for apt', { signature: 'packages' }, 'bad-definition'],
    ['text for a key', { keyMaterial: 'no key at all' }, 'bad-key-material'],
  ])('422: %s', async (_title, rest, code) => {
    const { fingerprints, ...others } = rest as { fingerprints?: (string | (() => string))[] };
    const { status, json } = await add({
      ...others,
      ...(fingerprints === undefined
        ? {}
        : { fingerprints: fingerprints.map((one) => (typeof one === 'string' ? one : one())) }),
    });
    expect({ status, code: json['code'] }).toEqual({ status: 422, code });
    expect(json['detail']).not.toContain('secret');
    expect((await fleet.call('GET', '/content/repositories')).json).toMatchObject({ total: 0 });
  });

  test('an endpoint’s key does for its approval; the place is proposed no more, and the decision is evidence', async () => {
    const { status, json } = await add();
    const added = json as unknown as RepositorySummary;
    expect({ status, json }).toMatchObject({
      status: 201,
      json: { uris: [NOWHERE], endpointCount: 3, mode: 'lazy', enabled: true, addedBy: 'Administrator' },
    });
    expect(added.keys).toMatchObject([{ fingerprint: vendor, userIds: ['Vendor <vendor@example.org>'], problem: '' }]);
    expect((await proposed()).items.map(({ suite }) => suite).sort()).toEqual(['./', 'bookworm']);
    expect(await lastEvidence()).toMatchObject({
      kind: 'repository-added',
      actor: 'Administrator',
      detail: { fingerprints: [vendor], uris: [NOWHERE] },
    });
    expect(await add()).toMatchObject({ status: 409, json: { code: 'repository-exists' } });
  });

  test('private addresses are allowed, because a person names them', async () => {
    expect(await add({ uris: ['http://10.1.2.3/mirror'], suite: 'inner' })).toMatchObject({
      status: 201,
      json: { uris: ['http://10.1.2.3/mirror/'] },
    });
  });
});

describe('PUT /content/repositories/:id', () => {
  test('a rotation of keys is evidence: which came and which went', async () => {
    const id = await idOf('bookworm');
    const rotate = (fingerprints: string[], keyMaterial?: string) =>
      fleet.call('PUT', `/content/repositories/${id}`, { fingerprints, keyMaterial });
    expect(await rotate([stranger])).toMatchObject({ status: 422, json: { code: 'unknown-key' } });
    expect(await rotate([])).toMatchObject({ status: 422, json: { code: 'no-key' } });
    const material = Buffer.from(gpg.exportKeys([stranger], true)).toString();
    const { status, json } = await rotate([`${stranger.slice(0, 20)} ${stranger.slice(20).toLowerCase()}`], material);
    expect({ status, keys: json['keys'] }).toMatchObject({ status: 200, keys: [{ fingerprint: stranger }] });
    expect(await lastEvidence()).toMatchObject({
      kind: 'repository-changed',
      detail: { approvedFingerprints: [stranger], withdrawnFingerprints: [vendor] },
    });
  });

  test('what is switched off is not looked at, and says so', async () => {
    const id = await idOf('inner');
    const { json } = await fleet.call('PUT', `/content/repositories/${id}`, { enabled: false, intervalHours: 0.5 });
    expect(json).toMatchObject({ enabled: false, health: 'off', nextAt: null, intervalHours: 0.5 });
  });

  test('DELETE leaves its record and lets the place be added again', async () => {
    const id = await idOf('inner');
    expect((await fleet.call('DELETE', `/content/repositories/${id}`)).status).toBe(204);
    expect((await fleet.call('GET', `/content/repositories/${id}`)).status).toBe(404);
    expect((await fleet.call('DELETE', `/content/repositories/${id}`)).status).toBe(404);
    expect(await add({ uris: ['http://10.1.2.3/mirror'], suite: 'inner' })).toMatchObject({ status: 201 });
  });
});

describe('POST /content/keys', () => {
  const ask = async (body: Uint8Array): Promise<{ status: number; json: unknown }> => {
    const reply = await fetch(`${fleet.url}/api/v1/content/keys`, {
      method: 'POST',
      headers: { cookie: await fleet.signIn(), origin: fleet.url, 'content-type': 'application/pgp-keys' },
      body: Buffer.from(body),
    });
    return { status: reply.status, json: await reply.json() };
  };

  test('shows what keys are in armoured, binary and PEM material', async () => {
    for (const armored of [true, false]) {
      const { json } = await ask(gpg.exportKeys([vendor, expired], armored));
      const found = (json as KeySummary[]).map(({ fingerprint, problem }) => [fingerprint, problem]);
      expect(found).toEqual([
        [vendor, ''],
        [expired, 'It expired on 2021-01-01.'],
      ]);
    }
    const { anchor, name } = createApkKey('vendor@example.org-5f000000.rsa.pub');
    const pem = Buffer.from(anchor.material).toString();
    const { fingerprint } = anchor;
    expect((await ask(Buffer.from(pem))).json).toMatchObject([{ kind: 'rsa', fingerprint, userIds: [], problem: '' }]);
    expect((await ask(Buffer.from(`${name}\n${pem}`))).json).toMatchObject([{ fingerprint, userIds: [name] }]);
    const alpine = { format: 'apk', suite: '', components: [], fingerprints: [fingerprint] };
    expect(await add({ ...alpine, keyMaterial: pem })).toMatchObject({
      status: 422,
      json: { code: 'key-without-name' },
    });
  });

  test('422: what has no key in it', async () => {
    expect(await ask(Buffer.from('hello'))).toMatchObject({ status: 422, json: { code: 'bad-key-material' } });
  });
});

async function idOf(suite: string): Promise<string> {
  const { json } = await fleet.call('GET', '/content/repositories');
  const found = (json['items'] as RepositorySummary[]).find((each) => each.suite === suite);
  if (found === undefined) throw new Error(`no repository of ${suite}`);
  return found.id;
}

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
