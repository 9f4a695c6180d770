import type { EvidenceList, RunEvidence } from '@thimble/protocol';
import { canonicalJson } from '@thimble/protocol';
import { openEnvelope, sha256, verifyingKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { appendSigned, appendTestEvidence, tamper } from './testing/tamper.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());

const list = async (query = ''): Promise<EvidenceList> =>
  (await fleet.call('GET', `/evidence${query}`)).json as unknown as EvidenceList;
const append = (...summaries: readonly string[]) => appendTestEvidence(fleet.context, summaries);

describe('the evidence', () => {
  test('is one chain, also when many write at once', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, index) => append(`record ${index}`)));
    const { items, chain, total } = await list('?limit=5000');
    expect(chain).toMatchObject({ verified: true, length: total });
    expect(items.map(({ sequence }) => sequence)).toEqual(Array.from({ length: total }, (_, index) => total - index));
    expect(chain.headSha256).toBe(items[0]?.sha256);
  });

  test('pages go back by sequence', async () => {
    await append('one');
    await append('two');
    const [newest, second] = (await list('?limit=2')).items;
    expect((await list(`?limit=1&before=${newest?.sequence}`)).items).toEqual([second]);
  });

  test.each(['evidence', 'evidence_leaf', 'evidence_checkpoint'])(
    'is not changed or deleted by the server’s own role: %s',
    async (table) => {
      const { pool } = fleet.context.database;
      await appendSigned(fleet.context, 'something');
      for (const statement of [`delete from ${table}`, `truncate ${table} cascade`])
        await expect(pool.query(statement)).rejects.toThrow(/append-only/);
      const key = table === 'evidence_checkpoint' ? 'size' : 'sequence';
      await expect(pool.query(`update ${table} set ${key} = ${key} + 1000`)).rejects.toThrow(/append-only/);
    },
  );
});

test('a run’s bundle can be checked off line: signatures, digests, records', async () => {
  const web = await fleet.agent('bundle');
  const run = await fleet.plannedRun([web]);
  await fleet.approve(run);
  await web.work();
  const { json } = await fleet.call('GET', `/runs/${run.summary.id}/evidence`);
  const bundle = json as unknown as RunEvidence;
  const { orderKey } = fleet.context;
  const trusted = new Map([[orderKey.keyid, verifyingKey(orderKey.publicKey)]]);
  const issued = bundle.records.filter(({ kind }) => kind === 'order-issued');
  expect(issued).toHaveLength(2);
  for (const [index, envelope] of bundle.envelopes.entries()) {
    expect(() => openEnvelope(envelope, envelope.payloadType, trusted)).not.toThrow();
    expect(issued[index]?.detail).toMatchObject({ envelopeSha256: sha256(canonicalJson(envelope)) });
  }
  for (const { sha256: digest, ...record } of bundle.records) expect(sha256(canonicalJson(record))).toBe(digest);
  const history = await fleet.call('GET', `/endpoints/${web.id}/history`);
  expect((history.json as { items: { kind: string }[] }).items.at(-1)?.kind).toBe('endpoint-enrolled');
});

test('no request of these made the server fail', () => {
  expect(fleet.errors).toEqual([]);
});

test('whoever changes a record behind its back is seen when it is shown', async () => {
  expect((await list()).chain.verified).toBe(true);
  await tamper(fleet.context, "update evidence set summary = 'nothing happened' where sequence = 2");
  expect((await list()).chain).toMatchObject({ verified: false, length: 1 });
});
