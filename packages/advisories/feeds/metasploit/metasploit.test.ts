import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { metasploit } from './index.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/modules_metadata_base.json'), 'utf8');
const read = (content: string) => readOffered(metasploit, { role: 'modules', content, chunkBytes: 100 });

it('counts the modules that name a vulnerability', async () => {
  const { facts, faults } = await read(FIXTURE);
  expect(facts.map(({ body }) => body)).toEqual([
    {
      kind: 'exploit',
      vulnerability: 'CVE-2017-0001',
      sources: [{ name: 'metasploit', count: 2 }],
      maturity: 'weaponized',
      firstOn: '2017-03-14',
      lastOn: '2017-03-14',
    },
  ]);
  expect(faults).toEqual([{ record: 'exploit_broken', reason: 'has no list of references' }]);
});

it.each([
  ['nothing', ''],
  ['an empty object', '{}'],
  ['a list', '[1]'],
  ['a message', '{"message":"Not Found"}'],
])('%s is refused', async (_title, content) => {
  await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});
