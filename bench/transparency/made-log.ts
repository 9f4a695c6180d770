import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { once } from 'node:events';
import type { EvidenceRecord } from '@thimble/protocol';
import { append, CHAIN_START, evidenceLeaf, evidenceSha256, NOTHING_READ, type Tree } from '@thimble/transparency';

const PAGE = 5_000;

/** Writes a log of so many records, a line of JSON each, as large as records of outcomes are. @returns what it comes to. */
export async function writeLog(path: string, count: number, signal: AbortSignal): Promise<Tree> {
  const file = createWriteStream(path);
  let { tree } = NOTHING_READ;
  let previousSha256 = CHAIN_START;
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const record = recordOf(sequence, previousSha256);
    previousSha256 = record.sha256;
    ({ tree } = append(tree, evidenceLeaf(record)));
    if (!file.write(`${JSON.stringify(record)}\n`)) await once(file, 'drain', { signal });
  }
  file.end();
  await once(file, 'finish');
  return tree;
}

export async function* readLog(path: string): AsyncGenerator<readonly EvidenceRecord[]> {
  const file = await open(path);
  let page: EvidenceRecord[] = [];
  for await (const line of file.readLines()) {
    page.push(JSON.parse(line) as EvidenceRecord);
    if (page.length < PAGE) continue;
    yield page;
    page = [];
  }
  yield page;
}

function recordOf(sequence: number, previousSha256: string): EvidenceRecord {
  const content = {
    sequence,
    at: new Date(1_700_000_000_000 + sequence * 10).toISOString(),
    kind: 'outcome-recorded' as const,
    actor: 'endpoint web-1.example.org',
    runId: '0197a1b2-0000-7000-8000-000000000001',
    endpointId: `0197a1b2-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
    summary: `12 packages were installed on web-${sequence}.example.org, verified`,
    detail: { orderId: '0197a1b2-0000-7000-8000-000000000002', outcome: 'succeeded', changes: 12, effective: true },
    previousSha256,
  };
  return { ...content, sha256: evidenceSha256(content) };
}
