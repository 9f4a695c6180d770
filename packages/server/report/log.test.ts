import type { EvidenceBundle, EvidenceCheckpoints, EvidenceEntries, EvidenceList } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import {
  cosign,
  evidenceLeaf,
  openCheckpoint,
  parseNote,
  parseVerifierKey,
  signCheckpoint,
  verifierKeyOf,
  verifyBundle,
  verifyConsistency,
  verifyCosignature,
  verifyInclusion,
} from '@thimble/transparency';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seedOrganisation } from '../testing/seed-content.ts';
import { type TestFleet, settle, startTestFleet } from '../testing/test-fleet.ts';
import { keepOutside } from './checkpoints/kept-outside.ts';
import { appendSigned, appendTestEvidence, signAll, tamper } from './testing/tamper.ts';

const witnessKey = generateSigningKey();
const witness = verifierKeyOf('witness.example', 'cosignature', witnessKey.publicKey);
let fleet: TestFleet;
let cookie: string;
beforeAll(async () => {
  fleet = await startTestFleet({ settings: { witnessKeys: witness.text } });
  cookie = await fleet.signIn();
});
afterAll(() => fleet.stop());

const bytes = (hashes: readonly string[]): Buffer[] => hashes.map((hash) => Buffer.from(hash, 'hex'));
const get = async <Shape>(path: string): Promise<Shape> =>
  (await fleet.call('GET', `/evidence/${path}`)).json as unknown as Shape;
const note = async (query = ''): Promise<string> => {
  const reply = await fetch(`${fleet.url}/api/v1/evidence/checkpoint${query}`, { headers: { cookie } });
  expect(reply.headers.get('content-type')).toContain('text/plain');
  return reply.text();
};
const logKey = async () => {
  const key = parseVerifierKey((await get<{ verifierKey: string }>('log')).verifierKey);
  if (key === undefined) throw new Error('no key');
  return key;
};
const checkpoint = async (query = '') => {
  const opened = openCheckpoint(await note(query), await logKey());
  if (opened === undefined) throw new Error('not signed by the log');
  return opened;
};

describe('checkpoints', () => {
  test('come within seconds, by themselves, and the list tells of the newest', async () => {
    await appendTestEvidence(fleet.context, ['one', 'two', 'three']);
    const chain = async () => ((await fleet.call('GET', '/evidence')).json as unknown as EvidenceList).chain;
    await settle(async () => (await chain()).checkpoint?.size === (await chain()).length);
    expect(await chain()).toMatchObject({ verified: true });
    const { origin, size } = await checkpoint();
    expect(size).toBe((await chain()).length);
    expect(origin).toMatch(/^thimble\/[0-9a-f-]{36}\/00000000-0000-7000-8000-000000000001$/);
  });

  test('are kept, each for its size', async () => {
    await appendSigned(fleet.context, 'four');
    const older = await checkpoint();
    await appendSigned(fleet.context, 'five');
    expect((await checkpoint()).size).toBe(older.size + 1);
    expect(await checkpoint(`?size=${older.size}`)).toEqual(older);
    expect((await fleet.call('GET', '/evidence/checkpoint?size=123456')).status).toBe(404);
  });

  test('are not made when nothing is new', async () => {
    const before = await note();
    await signAll(fleet.context);
    expect(await note()).toBe(before);
  });

  test('are one for each organisation, under its own name', async () => {
    const other = await seedOrganisation(fleet.context, 'Other');
    await appendTestEvidence(fleet.context, ['theirs'], other);
    await signAll(fleet.context);
    const { rows } = await fleet.context.database.pool.query<{ note: string }>(
      'select note from evidence_checkpoint where organisation_id = $1',
      [other],
    );
    expect(rows[0]?.note).toContain(`/${other}\n1\n`);
    expect((await checkpoint()).origin).not.toContain(other);
  });
});

describe('proofs', () => {
  test('every record is proven to be in the newest checkpoint, and in any older one that has it', async () => {
    const head = await checkpoint();
    const { items } = await get<EvidenceEntries>('entries');
    expect(items.map(({ sequence }) => sequence)).toEqual(items.map((_, index) => index + 1));
    for (const record of items.slice(0, head.size)) {
      const proof = await get<{ leafSha256: string; path: string[] }>(`${record.sequence}/proof?size=${head.size}`);
      expect(proof.leafSha256).toBe(evidenceLeaf(record).toString('hex'));
      expect(verifyInclusion(evidenceLeaf(record), record.sequence - 1, head, bytes(proof.path))).toBe(true);
    }
  });

  test('each checkpoint is proven to continue each older one', async () => {
    const newer = await checkpoint();
    const { rows } = await fleet.context.database.pool.query<{ size: number }>(
      'select size from evidence_checkpoint where organisation_id = $1',
      [fleet.context.defaultOrganisationId],
    );
    for (const { size } of rows) {
      const { path } = await get<{ path: string[] }>(`consistency?from=${size}&to=${newer.size}`);
      expect(verifyConsistency(await checkpoint(`?size=${size}`), newer, bytes(path))).toBe(true);
    }
  });

  test.each(['0/proof', '99999/proof', '2/proof?size=1', '1/proof?size=99999', 'consistency?from=2&to=1'])(
    'there is none for %s',
    async (path) => {
      expect(await fleet.call('GET', `/evidence/${path}`)).toMatchObject({
        status: 404,
        json: { code: 'no-such-proof' },
      });
    },
  );
});

describe('a witness', () => {
  const post = (text: string) => fleet.call('POST', '/evidence/checkpoint/cosign', { checkpoint: text });

  test('is heard, and its word is served with the checkpoint', async () => {
    const signed = await note();
    const parsed = parseNote(signed);
    if (parsed === undefined) throw new Error('no note');
    const cosigned = signed + cosign(parsed, 1_800_000_000, witness, witnessKey);
    expect(await post(cosigned)).toMatchObject({ status: 200, json: { witnesses: ['witness.example'] } });
    expect(await post(cosigned)).toMatchObject({ status: 200, json: { witnesses: [] } });
    const served = parseNote(await note());
    expect(served === undefined ? undefined : verifyCosignature(served, witness)).toMatchObject({
      seenAt: 1_800_000_000,
    });
    expect((await checkpoint()).size).toBeGreaterThan(0);
  });

  test('that nobody knows, and a checkpoint that is not ours, are refused', async () => {
    const signed = await note();
    const parsed = parseNote(signed);
    if (parsed === undefined) throw new Error('no note');
    const strange = generateSigningKey();
    const stranger = verifierKeyOf('stranger', 'cosignature', strange.publicKey);
    expect(await post(signed.split('\n— witness')[0] + cosign(parsed, 1, stranger, strange))).toMatchObject({
      status: 422,
    });
    expect(await post(signed.replace(/\n\d+\n/, '\n1\n'))).toMatchObject({ json: { code: 'unknown-checkpoint' } });
    expect(await post('nothing')).toMatchObject({ status: 422 });
  });
});

test('what was signed, who has seen it and what is kept beside the database are told together', async () => {
  const told = async () => get<EvidenceCheckpoints>('checkpoints');
  await signAll(fleet.context);
  const { size, root } = await checkpoint();
  expect(await told()).toMatchObject({
    verifierKey: (await logKey()).text,
    newest: { size, rootSha256: root.toString('hex'), note: await note() },
    unsigned: 0,
    witnesses: [{ name: 'witness.example', cosigned: { seenAt: new Date(1_800_000_000_000).toISOString() } }],
    beside: { size, database: 'has-it' },
  });
  const { settings, defaultOrganisationId, logKey: key } = fleet.context;
  const keep = async (head: { size: number; root: Buffer }) =>
    keepOutside(settings.data, defaultOrganisationId, signCheckpoint(head, await logKey(), key));
  await keep({ size: size + 1000, root });
  expect((await told()).beside).toEqual({ size: size + 1000, database: 'is-older' });
  await keep({ size, root: Buffer.alloc(32) });
  expect((await told()).beside).toEqual({ size, database: 'is-another' });
  await keep({ size, root });
});

describe('a bundle', () => {
  const bundle = async (query: string) => get<EvidenceBundle>(`bundle?${query}`);

  test('of a run, of an endpoint and of a period proves itself', async () => {
    const web = await fleet.agent('proven');
    const run = await fleet.plannedRun([web]);
    await fleet.approve(run);
    await web.work();
    await signAll(fleet.context);
    const log = await logKey();
    const period = `from=2020-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z`;
    for (const query of [`runId=${run.summary.id}`, `endpointId=${web.id}`, period]) {
      const made = await bundle(query);
      expect(made.entries.length).toBeGreaterThan(3);
      expect(made.envelopes).toHaveLength(2);
      expect(verifyBundle(made, { log, witnesses: [] })).toMatchObject({ kind: 'holds', ordersLeftOut: 0 });
    }
    const all = await bundle(period);
    expect(all.entries).toHaveLength(openCheckpoint(all.checkpoint, log)?.size ?? 0);
    const { items } = (await fleet.call('GET', '/evidence')).json as unknown as EvidenceList;
    const taken = items.filter(({ kind }) => kind === 'evidence-exported');
    expect(taken.map(({ runId, endpointId }) => ({ runId, endpointId }))).toEqual([
      { runId: null, endpointId: null },
      { runId: null, endpointId: null },
      { runId: null, endpointId: web.id },
      { runId: run.summary.id, endpointId: null },
    ]);
  });

  test.each([
    '',
    'runId=00000000-0000-7000-8000-000000000009&endpointId=00000000-0000-7000-8000-000000000009',
    'from=2020-01-01T00:00:00.000Z',
  ])('is about one thing: %s', async (query) => {
    expect((await fleet.call('GET', `/evidence/bundle?${query}`)).status).toBe(400);
  });
});

test('records from before there was a log are taken over, and new ones come after them', async () => {
  await tamper(
    fleet.context,
    'delete from evidence_cosignature',
    'delete from evidence_checkpoint',
    'delete from evidence_leaf',
  );
  await appendTestEvidence(fleet.context, ['after the update']);
  // Meanwhile nothing is said to be broken.
  expect(((await fleet.call('GET', '/evidence')).json as unknown as EvidenceList).chain.verified).toBe(true);
  await signAll(fleet.context);
  const { chain } = (await fleet.call('GET', '/evidence')).json as unknown as EvidenceList;
  expect(chain).toMatchObject({ verified: true, checkpoint: { size: chain.length } });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
