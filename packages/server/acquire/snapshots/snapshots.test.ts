import { readKeyring } from '@thimble/content';
import { type BuiltDeb, createSignedAptRepository, type SignedAptRepository } from '@thimble/content/testing';
import type { RepositorySummary, SnapshotDetail, SnapshotDifference, SnapshotSummary } from '@thimble/protocol';
import { openTicket, verifyingKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fakeAdvisory, fakeClaim, fakeManifest, fakePackage, fakeRepositories, publishFeed } from '../../testing.ts';
import {
  addTestRepository,
  type ContentUpstream,
  startContentUpstream,
  synchroniseTestRepository,
} from '../../testing/content-upstream.ts';
import { type TestFleet, settle, startTestFleet } from '../../testing/test-fleet.ts';
import { makeDueSnapshots } from './schedule.ts';

let fleet: TestFleet;
let archive: SignedAptRepository;
let upstream: ContentUpstream;
let repository: RepositorySummary;
let old: readonly BuiltDeb[];
let first: SnapshotDetail;
let second: SnapshotDetail;
const TODAY = new Date().toISOString().slice(0, 10);

beforeAll(async () => {
  fleet = await startTestFleet();
  archive = await createSignedAptRepository();
  old = [
    await archive.build({ name: 'libssl3', version: '3.0.15-1', architecture: 'amd64', source: 'openssl' }),
    await archive.build({ name: 'curl', version: '7.88.1-10', architecture: 'amd64' }),
    await archive.build({ name: 'gone', version: '1.0' }),
  ];
  await archive.publish();
  upstream = await startContentUpstream(archive);
  repository = await addTestRepository(fleet, upstream, archive);
  const sources = fakeRepositories([{ uris: [upstream.url], suite: 'stable', keys: [Buffer.from('a key')] }]);
  const has = (...versions: [string, string, string?][]) =>
    fakeManifest(versions.map(([name, version, source]) => fakePackage(name, version, { source: source ?? name })));
  const vulnerable = has(
    ['libssl3', '3.0.15-1', 'openssl'],
    ['curl', '7.88.1-10'],
    ['linux-image-1', '6.1-1', 'linux'],
  );
  await fleet.agent('alpha', { manifest: vulnerable, repositories: sources });
  await fleet.agent('beta', { manifest: vulnerable, repositories: sources });
  await fleet.agent('patched', { manifest: has(['libssl3', '3.0.17-1', 'openssl']), repositories: sources });
  // Has the same packages, but does not say from where.
  await fleet.agent('silent', { manifest: vulnerable });
  await publishFeed(fleet.context, 'debian-tracker', [
    fakeAdvisory('DSA-1', 'CVE-2026-1', [fakeClaim('openssl', '3.0.16-1')]),
    fakeAdvisory('DSA-2', 'CVE-2026-2', [fakeClaim('openssl', '3.0.18-1')]),
    fakeAdvisory('DSA-3', 'CVE-2026-3', [fakeClaim('curl', null)]),
    fakeAdvisory('DSA-4', 'CVE-2026-4', [fakeClaim('linux', '6.1-2')]),
  ]);
});
afterAll(async () => {
  await fleet?.stop();
  await upstream?.close();
  await archive?.close();
});

const create = (body: Readonly<Record<string, unknown>> = {}) => fleet.call('POST', '/content/snapshots', body);
const made = async (body?: Readonly<Record<string, unknown>>): Promise<SnapshotDetail> => {
  const { status, json } = await create(body);
  expect({ status, code: json['code'], detail: json['detail'] }).toMatchObject({ status: 201 });
  return json as unknown as SnapshotDetail;
};
const change = (id: string, body: Readonly<Record<string, unknown>>) =>
  fleet.call('PUT', `/content/snapshots/${id}`, body);
const lastEvidence = async () => {
  const { json } = await fleet.call('GET', '/evidence?limit=1');
  return (json['items'] as unknown[])[0];
};

describe('POST /content/snapshots', () => {
  test('looks for news first, and is named by the date', async () => {
    first = await made();
    expect(first).toMatchObject({
      summary: {
        name: TODAY,
        origin: 'made',
        createdBy: 'Administrator',
        pinned: false,
        retiredAt: null,
        revisionCount: 1,
        packageCount: 3,
        storedBytes: 0,
      },
      revisions: [{ repositoryId: repository.id, sequence: 1, repositoryName: 'Test archive' }],
      previousId: null,
    });
    expect(await lastEvidence()).toMatchObject({
      kind: 'snapshot-created',
      detail: { name: TODAY, revisions: [{ metadataSha256: first.revisions[0]?.metadataSha256 }] },
    });
    const newer = [
      await archive.build({ name: 'libssl3', version: '3.0.17-1', architecture: 'amd64', source: 'openssl' }),
      await archive.build({ name: 'linux-image-2', version: '6.1-2', architecture: 'amd64', source: 'linux' }),
    ];
    await archive.publish({ packages: [...old.filter(({ spec }) => spec.name === 'curl'), ...newer] });
    await upstream.refresh();
    second = await made();
    expect(second).toMatchObject({
      summary: { name: `${TODAY}.2` },
      revisions: [{ sequence: 2, addedCount: 2, removedCount: 2 }],
      previousId: first.summary.id,
    });
  });

  test.each([
    [
      '404: a repository that there is not',
      { repositoryIds: ['00000000-0000-4000-8000-000000000000'] },
      404,
      'unknown-repository',
    ],
    ['409: a name that is taken', { name: TODAY, synchronise: false }, 409, 'name-taken'],
    ['400: a name that is none', { name: ' x' }, 400, 'invalid-request'],
  ])('%s', async (_title, body, status, code) => {
    expect(await create(body)).toMatchObject({ status, json: { code } });
  });

  test('is refused while a repository is failing, or takes its last good revision when a person says so', async () => {
    upstream.set('dists/stable/InRelease', { kind: 'status', status: 404 });
    const { status, json } = await create({ name: 'failing' });
    expect({ status, json }).toMatchObject({ status: 409, json: { code: 'repository-failing' } });
    expect(json['detail']).toContain('Test archive: ');
    expect(await made({ name: 'last good', failing: 'last-good' })).toMatchObject({ revisions: [{ sequence: 2 }] });
    await upstream.refresh();
  });

  test('is not made when nobody waits for it any more', async () => {
    let go: () => void = () => undefined;
    const until = new Promise<void>((resolve) => {
      go = resolve;
    });
    const release = 'dists/stable/InRelease';
    upstream.set(release, { kind: 'held', until, next: { kind: 'status', status: 404 } });
    const asked = upstream.requests.length;
    const left = new AbortController();
    const answer = fetch(`${fleet.url}/api/v1/content/snapshots`, {
      method: 'POST',
      headers: { cookie: await fleet.signIn(), origin: fleet.url, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'nobody', failing: 'last-good' }),
      signal: left.signal,
    });
    answer.catch(() => undefined);
    await settle(async () => upstream.requests.slice(asked).some(({ path }) => path === release));
    left.abort();
    await expect(answer).rejects.toThrow('abort');
    go();
    await upstream.refresh();
    expect(await synchroniseTestRepository(fleet, repository.id)).toMatchObject({ health: 'fresh' });
    const { items } = (await fleet.call('GET', '/content/snapshots')).json as { items: SnapshotSummary[] };
    expect(items.map(({ name }) => name)).toEqual(['last good', `${TODAY}.2`, TODAY]);
  });
});

describe('GET /content/snapshots/:id/diff', () => {
  const diff = async (query = '', id = second.summary.id): Promise<SnapshotDifference> =>
    (await fleet.call('GET', `/content/snapshots/${id}/diff${query}`)).json as unknown as SnapshotDifference;

  test('is against the one before: packages, and what they close on the fleet', async () => {
    const found = await diff();
    expect(found).toMatchObject({
      from: { id: first.summary.id, name: TODAY },
      to: { id: second.summary.id },
      addedCount: 1,
      removedCount: 1,
      changedCount: 1,
      total: 3,
      // A kernel carries its version in its name: what it closes is found by its source.
      fleet: { endpointCount: 2, packageCount: 1 },
    });
    expect(found.closes.map(({ id, endpointCount, packages }) => [id, endpointCount, packages])).toEqual([
      ['CVE-2026-1', 2, ['libssl3']],
      ['CVE-2026-4', 2, ['linux-image-1']],
    ]);
    expect(
      found.items.map(({ name, from, to, closes, endpointCount }) => ({ name, from, to, closes, endpointCount })),
    ).toEqual([
      { name: 'libssl3', from: '3.0.15-1', to: '3.0.17-1', closes: ['CVE-2026-1'], endpointCount: 2 },
      { name: 'gone', from: '1.0', to: null, closes: [], endpointCount: 0 },
      { name: 'linux-image-2', from: null, to: '6.1-2', closes: [], endpointCount: 0 },
    ]);
    const size = found.items[0]?.downloadBytes ?? 0;
    expect(found.fleet.downloadBytes).toBe(2 * size);
  });

  test('is against any other one, in either direction', async () => {
    const back = await diff(`?from=${second.summary.id}`, first.summary.id);
    expect(back).toMatchObject({ addedCount: 1, removedCount: 1, changedCount: 1, closes: [] });
    expect(back.items.find(({ name }) => name === 'libssl3')).toMatchObject({ from: '3.0.17-1', to: '3.0.15-1' });
    expect(await diff(`?from=${second.summary.id}`)).toMatchObject({
      total: 0,
      closes: [],
      fleet: { endpointCount: 0 },
    });
  });

  test('of the first one is everything', async () => {
    expect(await diff('', first.summary.id)).toMatchObject({ from: null, addedCount: 3, removedCount: 0, total: 3 });
  });

  test.each([
    ['?search=SSL', ['libssl3']],
    ['?search=cve-2026-1', ['libssl3']],
    ['?search=openssl', ['libssl3']],
    ['?fleet=true', ['libssl3']],
    ['?limit=1&offset=1', ['gone']],
  ])('%s is %j', async (query, names) => {
    expect((await diff(query)).items.map(({ name }) => name)).toEqual(names);
  });

  test('says that nothing is known of a repository that no endpoint reports', async () => {
    const own = await createSignedAptRepository();
    await own.build({ name: 'libssl3', version: '9', architecture: 'amd64', source: 'openssl' });
    await own.publish();
    const other = await startContentUpstream(own);
    const { id } = await addTestRepository(fleet, other, own, { name: 'Unknown' });
    const third = await made({ name: 'third', synchronise: false });
    const found = await diff(`?from=${second.summary.id}`, third.summary.id);
    expect(found).toMatchObject({ addedCount: 1, closes: [], fleet: { endpointCount: 0 } });
    expect(found.gaps).toContainEqual({
      what: 'Unknown',
      why: expect.stringContaining('no endpoint reports') as string,
    });
    await fleet.call('DELETE', `/content/repositories/${id}`);
    await other.close();
    await own.close();
  });

  test('404: a snapshot that there is not', async () => {
    const none = '00000000-0000-4000-8000-000000000000';
    expect((await fleet.call('GET', `/content/snapshots/${none}/diff`)).status).toBe(404);
    expect((await fleet.call('GET', `/content/snapshots/${second.summary.id}/diff?from=${none}`)).status).toBe(404);
  });
});

describe('channels', () => {
  const promote = (name: string, snapshotId: string, note = '') =>
    fleet.call('PUT', `/content/channels/${name}`, { snapshotId, note });
  const undo = (name: string) => fleet.call('POST', `/content/channels/${name}/undo`);

  test('point at snapshots, ring after ring, and go back step by step', async () => {
    expect(await promote('canary', first.summary.id)).toMatchObject({
      status: 200,
      json: { name: 'canary', position: 1, snapshot: { id: first.summary.id } },
    });
    await promote('canary', second.summary.id, 'looks good');
    await promote('production', first.summary.id);
    const { json } = await fleet.call('GET', '/content/channels');
    expect(json).toMatchObject({
      total: 2,
      items: [
        { name: 'canary', position: 1 },
        { name: 'production', position: 2 },
      ],
    });
    expect((await undo('canary')).json).toMatchObject({
      snapshot: { id: first.summary.id },
      moves: [{ note: 'undo' }, { note: 'looks good', snapshotName: `${TODAY}.2` }, { snapshotId: first.summary.id }],
    });
    expect(await lastEvidence()).toMatchObject({ kind: 'channel-moved', detail: { channel: 'canary', undo: true } });
    expect(await undo('canary')).toMatchObject({ status: 409, json: { code: 'nothing-to-undo' } });
    await promote('canary', second.summary.id);
    expect((await undo('canary')).json).toMatchObject({ snapshot: { id: first.summary.id } });
    expect((await fleet.call('GET', `/content/snapshots/${first.summary.id}`)).json).toMatchObject({
      summary: { channels: ['canary', 'production'] },
    });
  });

  test.each([
    ['404: no such channel', () => undo('none'), 404, 'unknown-channel'],
    ['404: no such snapshot', () => promote('canary', '00000000-0000-4000-8000-000000000000'), 404, 'unknown-snapshot'],
    ['422: a name that is none', () => promote('%2Fetc', first.summary.id), 422, 'bad-name'],
  ])('%s', async (_title, act, status, code) => {
    expect(await act()).toMatchObject({ status, json: { code } });
  });

  test('DELETE removes it', async () => {
    expect((await fleet.call('DELETE', '/content/channels/production')).status).toBe(204);
    expect((await fleet.call('DELETE', '/content/channels/production')).status).toBe(404);
  });
});

describe('PUT /content/snapshots/:id', () => {
  test('names and pins; what is in it stays', async () => {
    const { json } = await change(second.summary.id, { name: 'after patch day', note: 'tested', pinned: true });
    expect(json).toMatchObject({
      summary: { name: 'after patch day', note: 'tested', pinned: true },
      revisions: second.revisions,
    });
    expect(await change(second.summary.id, { name: TODAY })).toMatchObject({
      status: 409,
      json: { code: 'name-taken' },
    });
  });

  test('a snapshot that a channel points at can’t be retired; a retired one can’t be promoted until it is brought back', async () => {
    expect(await change(first.summary.id, { retired: true })).toMatchObject({
      status: 409,
      json: { code: 'snapshot-in-use' },
    });
    expect(await change(second.summary.id, { retired: true, reason: 'breaks mail' })).toMatchObject({
      status: 200,
      json: { summary: { retiredReason: 'breaks mail' } },
    });
    const promoted = () => fleet.call('PUT', '/content/channels/canary', { snapshotId: second.summary.id });
    const refused = await promoted();
    expect(refused).toMatchObject({ status: 409, json: { code: 'snapshot-retired' } });
    expect(refused.json['detail']).toContain('breaks mail');
    await change(second.summary.id, { retired: false });
    expect((await promoted()).status).toBe(200);
  });
});

test('scheduled snapshots are made only when there is something new', async () => {
  const { pool } = fleet.context.database;
  const due = () => pool.query('update content_setting set next_snapshot_at = null');
  await pool.query('insert into content_setting (organisation_id, snapshot_every_hours) values ($1, 24)', [
    fleet.context.defaultOrganisationId,
  ]);
  // The newest snapshot has the newest revision of every repository that is left.
  await made({ name: 'newest', synchronise: false });
  expect(await makeDueSnapshots(fleet.context)).toEqual([]);
  const newer = await archive.build({ name: 'curl', version: '7.88.1-11', architecture: 'amd64' });
  await archive.publish({ packages: [newer] });
  await upstream.refresh();
  await synchroniseTestRepository(fleet, repository.id);
  // Not its turn yet.
  expect(await makeDueSnapshots(fleet.context)).toEqual([]);
  await due();
  const [id, ...more] = await makeDueSnapshots(fleet.context);
  expect(more).toEqual([]);
  expect((await fleet.call('GET', `/content/snapshots/${id}`)).json).toMatchObject({
    summary: { origin: 'scheduled', createdBy: 'schedule' },
  });
  await due();
  expect(await makeDueSnapshots(fleet.context)).toEqual([]);
});

test('client configuration has a ticket that opens content for so many days and nothing else', async () => {
  const { status, json } = await fleet.call('POST', `/content/snapshots/${second.summary.id}/client-configuration`, {
    format: 'apt',
    days: 2,
  });
  expect(status).toBe(200);
  const files = json['files'] as { path: string; text: string; secret: boolean }[];
  const secret = files.find((file) => file.secret)?.text ?? '';
  const [ticket = ''] = /[\w-]+\.[0-9a-f]{64}\.[\w-]+/.exec(secret) ?? [];
  const { orderKey } = fleet.context;
  const claims = openTicket(ticket, new Map([[orderKey.keyid, verifyingKey(orderKey.publicKey)]]), new Date());
  expect(claims).toMatchObject({ endpointId: null, expiresAt: json['expiresAt'] });
  expect(files.map(({ text }) => text).join('\n')).toContain(`/content/revisions/${second.revisions[0]?.id}/`);
  expect(files.filter((file) => !file.secret).some(({ text }) => text.includes(ticket))).toBe(false);
  const keyring = files.find(({ path }) => path.startsWith('/etc/apt/keyrings/'));
  expect(files.some(({ text }) => text.includes(`Signed-By: ${keyring?.path}`))).toBe(true);
  const approved = await fleet.context.database.pool.query<{ fingerprint: string }>(
    'select distinct fingerprint from content_trust_anchor order by fingerprint',
  );
  const printed = await readKeyring(Buffer.from(keyring?.text ?? ''));
  expect(approved.rows.map(({ fingerprint }) => fingerprint)).toEqual(
    expect.arrayContaining(printed.map((key) => key.fingerprint)),
  );
  expect(printed.length).toBeGreaterThan(0);
  const rpm = await fleet.call('POST', `/content/snapshots/${second.summary.id}/client-configuration`, {
    format: 'rpm',
  });
  expect(rpm).toMatchObject({ status: 409, json: { code: 'no-such-format' } });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
