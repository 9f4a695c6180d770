import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { nuclei } from './index.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/cves.json'), 'utf8');
const read = (content: string) => readOffered(nuclei, { role: 'templates', content, chunkBytes: 40 });

it('knows for which vulnerabilities there is a template', async () => {
  const { facts, faults } = await read(FIXTURE);
  expect(facts.map(({ body }) => body)).toMatchObject([
    { vulnerability: 'CVE-2020-0001', sources: [{ name: 'nuclei', count: 1 }], firstOn: null },
    { vulnerability: 'CVE-2020-0002' },
  ]);
  expect(faults.map(({ record }) => record)).toEqual(['line 3', 'line 4']);
});

it.each([
  ['nothing', ''],
  ['one document of another kind', '[{"ID":"CVE-2020-0001"}]'],
  ['a page', '<html>\n</html>\n'],
])('%s is refused', async (_title, content) => {
  await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});
