import type { EvidenceBundle, EvidenceEntries, EvidenceList } from '@thimble/protocol';
import { parseVerifierKey, rootOf, verifyBundle, verifyLog } from '@thimble/transparency';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';
import { appendSigned, appendTestEvidence, signAll, tamper } from '../testing/tamper.ts';
import { expireOld } from './retention.ts';

const DAY_MS = 86_400_000;
const DAYS = 90;
let now = Date.parse('2026-01-01T12:00:00.000Z');
let fleet: TestFleet;
let cookie: string;
beforeAll(async () => {
  fleet = await startTestFleet({ clock: () => new Date(now) });
  await appendSigned(fleet.context, ...Array.from({ length: 1_500 }, (_, index) => `old ${index}`));
  now += 80 * DAY_MS;
  cookie = await fleet.signIn();
  await appendSigned(fleet.context, 'young 1', 'young 2');
});
afterAll(() => fleet.stop());

/** Signed in again: months have passed. */
const get = async <Shape>(path: string): Promise<Shape> => {
  const reply = await fetch(`${fleet.url}/api/v1/evidence${path}`, { headers: { cookie } });
  return (await reply.json()) as Shape;
};
const list = async () => get<EvidenceList>('?limit=5000');
const entries = async () => (await get<EvidenceEntries>('/entries?limit=5000')).items;
async function* once<Page>(page: Page): AsyncGenerator<Page> {
  yield page;
}

test('what is young enough keeps its content, and what was not signed yet', async () => {
  await appendTestEvidence(fleet.context, ['newest']);
  await expireOld(fleet.context, DAYS);
  expect((await entries()).filter(({ expired }) => expired !== undefined)).toEqual([]);
});

test('older records lose it in steps, each of which is recorded', async () => {
  await signAll(fleet.context);
  const before = await entries();
  const { log } = await verifyLog(once(before), []);
  now += 20 * DAY_MS;
  cookie = await fleet.signIn();
  await expireOld(fleet.context, DAYS);
  const after = await entries();
  const gone = after.filter(({ expired }) => expired !== undefined);
  expect(gone.length).toBeGreaterThan(1_500);
  expect(gone.every(({ actor, runId, endpointId }) => actor === '' && runId === null && endpointId === null)).toBe(
    true,
  );
  expect(JSON.stringify(gone)).not.toContain('old 1');
  const said = after.filter(({ kind }) => kind === 'evidence-expired');
  expect(said.map(({ detail }) => detail)).toEqual([
    { from: 1, through: 1_000, days: DAYS },
    { from: 1_001, through: gone.length, days: DAYS },
  ]);
  // The same tree as when all had their content.
  const again = await verifyLog(once(after), [{ size: before.length, root: rootOf(log.tree), by: 'what was before' }]);
  expect(again.fault).toBeUndefined();
  expect((await list()).chain.verified).toBe(true);
});

test('once a day is enough', async () => {
  const { length } = await entries();
  await expireOld(fleet.context, DAYS);
  now += 3_600_000;
  await expireOld(fleet.context, DAYS);
  expect(await entries()).toHaveLength(length);
});

test('a bundle with old records is proven, and says how many have no content', async () => {
  await signAll(fleet.context);
  const bundle = await get<EvidenceBundle>('/bundle?from=2020-01-01T00:00:00.000Z&to=2100-01-01T00:00:00.000Z');
  const log = parseVerifierKey(bundle.verifierKey);
  if (log === undefined) throw new Error('no key');
  const verified = verifyBundle(bundle, { log, witnesses: [] });
  expect(verified).toMatchObject({ kind: 'holds' });
  expect(verified.kind === 'holds' && verified.expired).toBeGreaterThan(1_500);
});

test('the database lets a record lose its content, and nothing else', async () => {
  const { pool } = fleet.context.database;
  const blank = "actor = '', summary = '', detail = '{}', run_id = null, endpoint_id = null";
  for (const change of [`${blank}`, `${blank}, expired_at = now(), at = now()`, "expired_at = now(), summary = 'x'"])
    await expect(pool.query(`update evidence set ${change} where summary = 'young 1'`)).rejects.toThrow(/append-only/);
  await expect(pool.query('update evidence set expired_at = null where sequence = 1')).rejects.toThrow(/append-only/);
});

test('a record that lost its content without a word shows', async () => {
  expect((await list()).chain.verified).toBe(true);
  const young = (await entries()).find(({ summary }) => summary === 'young 1')?.sequence ?? 0;
  await tamper(
    fleet.context,
    `update evidence set actor = '', summary = '', detail = '{}', expired_at = now() where sequence = ${young}`,
  );
  const { fault } = await verifyLog(once(await entries()), []);
  expect(fault).toMatchObject({ sequence: young, code: 'emptied' });
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});
