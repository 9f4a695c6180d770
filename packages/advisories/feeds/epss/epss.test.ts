import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { epss } from './index.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/scores.csv'), 'utf8');
const read = (content: string, chunkBytes = 65_536) => readOffered(epss, { role: 'scores', content, chunkBytes });

describe('a row', () => {
  it('is a fact with the day of the scores', async () => {
    const { facts, faults } = await read(FIXTURE);
    expect(facts).toEqual([
      {
        body: {
          kind: 'epss',
          vulnerability: 'CVE-1999-0001',
          probability: 0.03351,
          percentile: 0.8765,
          scoredOn: '2026-08-16',
        },
        provenance: {
          feed: 'epss',
          record: 'CVE-1999-0001',
          // printf CVE-1999-0001,0.03351,0.8765 | sha256sum
          sha256: '5829ded5933aeb019ea6f62dffcb63979a346b1174ace607e08db0ccf90d0036',
        },
      },
      {
        body: {
          kind: 'epss',
          vulnerability: 'CVE-2024-0001',
          probability: 0.000042,
          percentile: 1,
          scoredOn: '2026-08-16',
        },
        provenance: {
          feed: 'epss',
          record: 'CVE-2024-0001',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        },
      },
    ]);
    expect(faults).toEqual([
      { record: 'line 5', reason: 'is no score: CVE-2024-0002,1.2,0.5' },
      { record: 'line 6', reason: 'is no score: CVE-2024-0003,0.5' },
      { record: 'line 7', reason: 'is no score: constructor,0.5,0.5' },
      { record: 'line 8', reason: 'is no score: CVE-2024-0004,NaN,0.5' },
    ]);
  });

  it.each(['', ' 0.5', '0x1', '-0', '1e1', 'Infinity', '1.00001', '0.5e'])('%j is no probability', async (text) => {
    const { faults } = await read(`cve,epss,percentile\nCVE-2024-0001,${text},0.5\nCVE-2024-0002,0,0\n`);
    expect(faults.length).toBe(1);
  });

  it('has no day where the file states none', async () => {
    const { facts } = await read('cve,epss,percentile\nCVE-2024-0001,0.1,0.2\n');
    expect(facts[0]?.body).toMatchObject({ scoredOn: null });
  });

  it('reads the same wherever the transfer is cut', async () => {
    expect(await read(FIXTURE, 3)).toEqual(await read(FIXTURE));
  });
});

it.each([
  ['nothing', '', 'malformed'],
  ['a page', '<html></html>', 'malformed'],
  ['a header alone', 'cve,epss,percentile\n', 'malformed'],
  ['another table', `cve,epss,percentile\n${'a,b,c\n'.repeat(2_000)}`, 'malformed'],
  ['the form without percentiles', 'cve,epss\nCVE-2024-0001,0.1\n', 'unsupported'],
  ['a line without end', `cve,epss,percentile\n${'1'.repeat(5_000)}`, 'too-large'],
])('%s is refused', async (_title, content, code) => {
  await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code });
});
