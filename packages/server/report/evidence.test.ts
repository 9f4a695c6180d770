import type { EvidenceList, RunEvidence } from '@thimble/protocol';
import { canonicalJson } from '@thimble/protocol';
import { openEnvelope, sha256, verifyingKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestFleet, startTestFleet } from '../testing/test-fleet.ts';
import { appendEvidence } from './index.ts';

let fleet: TestFleet;
beforeAll(async () => {
  fleet = await startTestFleet();
});
afterAll(() => fleet.stop());

const list = async (query = ''): Promise<EvidenceList> =>
  (await fleet.call('GET', `/evidence${query}`)).json as unknown as EvidenceList;
const append = (summary: string) =>
  fleet.context.database.kysely.transaction().execute((within) =>
    appendEvidence(within, [
      {
        organisationId: fleet.context.defaultOrganisationId,
        at: new Date(),
        kind: 'token-created',
        actor: 'tester',
        summary,
        detail: { big: Number.MAX_SAFE_INTEGER, text: 'ä\n"\\' },
      },
    ]),
  );

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

  test('is not changed or deleted by the server’s own role', async () => {
    const { pool } = fleet.context.database;
    for (const statement of ["update evidence set summary = 'x'", 'delete from evidence', 'truncate evidence'])
      await expect(pool.query(statement)).rejects.toThrow(/append-only/);
  });

  test('whoever changes a record behind its back is seen', async () => {
    await append('to be changed');
    const { pool } = fleet.context.database;
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('alter table evidence disable trigger evidence_append_only');
      await client.query("update evidence set summary = 'nothing happened' where sequence = 2");
      await client.query('commit');
      expect((await list()).chain).toMatchObject({ verified: false, length: 1 });
    } finally {
      await client.query("update evidence set summary = 'record' where false");
      client.release();
    }
  });
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
