import type { EvidenceRecord } from '@thimble/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { append, rootOf } from '../merkle/tree.ts';
import { checkNext, NOTHING_READ } from './check-record.ts';
import { CHAIN_START, evidenceLeaf, evidenceSha256 } from './record.ts';
import { verifyLog } from './verify-log.ts';

const COUNT = 40;

function made(count: number, summary: (sequence: number) => string): EvidenceRecord[] {
  const records: EvidenceRecord[] = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const content = {
      sequence,
      at: '2026-01-01T00:00:00.000Z',
      kind: 'token-created' as const,
      actor: 'tester',
      runId: null,
      endpointId: null,
      summary: summary(sequence),
      detail: { n: sequence },
      previousSha256: records.at(-1)?.sha256 ?? CHAIN_START,
    };
    records.push({ ...content, sha256: evidenceSha256(content) });
  }
  return records;
}
const all = made(COUNT, (sequence) => `record ${sequence}`);
const headOf = (records: readonly EvidenceRecord[], size: number) => ({
  size,
  root: rootOf(
    records.slice(0, size).reduce((tree, record) => append(tree, evidenceLeaf(record)).tree, NOTHING_READ.tree),
  ),
  by: `the checkpoint of ${size}`,
});
async function* pages(records: readonly EvidenceRecord[], size = 7): AsyncGenerator<readonly EvidenceRecord[]> {
  for (let start = 0; start < records.length; start += size) yield records.slice(start, start + size);
}

describe('a log', () => {
  test('holds against every head that it ever had', async () => {
    const heads = Array.from({ length: COUNT }, (_, index) => headOf(all, index + 1));
    const { log, fault } = await verifyLog(pages(all), heads.toReversed());
    expect(fault).toBeUndefined();
    expect(log.tree.size).toBe(COUNT);
  });

  test('with any member of any record changed has that record as its first bad one', async () => {
    const members = ['at', 'kind', 'actor', 'runId', 'endpointId', 'summary', 'detail', 'sha256'] as const;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: COUNT }), fc.constantFrom(...members), async (sequence, member) => {
        const changed = all.map((record) => (record.sequence === sequence ? { ...record, [member]: 'else' } : record));
        expect((await verifyLog(pages(changed), [])).fault).toMatchObject({ sequence, code: 'changed' });
      }),
      { numRuns: 100 },
    );
  });

  test('without a record, or with one twice, names the place', async () => {
    for (let place = 0; place < COUNT - 1; place += 1) {
      const without = all.toSpliced(place, 1);
      expect((await verifyLog(pages(without), [])).fault).toMatchObject({ sequence: place + 1, code: 'missing' });
      const twice = all.toSpliced(place, 0, ...all.slice(place, place + 1));
      expect((await verifyLog(pages(twice), [])).fault).toMatchObject({ sequence: place + 2, code: 'misplaced' });
    }
  });

  test('that was cut is missed by whoever saw more of it', async () => {
    const { fault } = await verifyLog(pages(all.slice(0, 30)), [headOf(all, 20), headOf(all, 33)]);
    expect(fault).toMatchObject({ sequence: 31, code: 'truncated' });
    expect(fault?.message).toMatch(/^records 31 to 33 are missing: the checkpoint of 33 has 33 records/);
  });

  test('that was written anew from a record on is caught at the next head, and the place narrowed down by the last good one', async () => {
    const anew = made(COUNT, (sequence) => (sequence >= 17 ? 'nothing happened' : `record ${sequence}`));
    expect((await verifyLog(pages(anew), [])).fault).toBeUndefined();
    const { fault } = await verifyLog(pages(anew), [
      headOf(all, 10),
      headOf(all, 16),
      headOf(all, 30),
      headOf(all, 40),
    ]);
    expect(fault).toMatchObject({ sequence: 17, code: 'rewritten' });
    expect(fault?.message).toContain('records 17 to 30 are not those that the checkpoint of 30 has');
  });
});

describe('a record without content', () => {
  const emptied = all.map((record) =>
    record.sequence === 3
      ? { ...record, summary: '', detail: {}, expired: { leafSha256: evidenceLeaf(record).toString('hex') } }
      : record,
  );

  test('leaves the tree as it is, and has to be told of', async () => {
    const { log, fault } = await verifyLog(pages(emptied), [headOf(all, COUNT)]);
    expect(log.tree.size).toBe(COUNT);
    expect(fault).toMatchObject({ sequence: 3, code: 'emptied' });
  });

  test('with another leaf is none of this log', async () => {
    const forged = emptied.map((record) =>
      record.sequence === 3 ? { ...record, expired: { leafSha256: '0'.repeat(64) } } : record,
    );
    expect((await verifyLog(pages(forged), [headOf(all, COUNT)])).fault).toMatchObject({ code: 'rewritten' });
  });
});

test('whatever a record holds is judged and not thrown at', () => {
  const [first] = all;
  if (first === undefined) throw new Error('no record');
  let deep: unknown = 0;
  for (let level = 0; level < 100_000; level += 1) deep = [deep];
  for (const detail of [0.5, Number.NaN, 2 ** 60, () => 0, deep])
    expect(checkNext(NOTHING_READ, { ...first, detail })).toMatchObject({ ok: false, fault: { code: 'changed' } });
});
