import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { kev } from './index.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/catalogue.json'), 'utf8');
const read = (content: string) => readOffered(kev, { role: 'catalogue', content });

it('an entry is a fact; what is not known stays unknown', async () => {
  const { facts, faults } = await read(FIXTURE);
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/) as string;
  expect(facts).toEqual([
    {
      body: {
        kind: 'kev',
        vulnerability: 'CVE-2021-44228',
        addedOn: '2021-12-10',
        dueOn: '2021-12-24',
        ransomware: true,
        title: 'Apache Log4j2 Remote Code Execution Vulnerability',
        requiredAction: 'Apply updates per vendor instructions.',
      },
      provenance: { feed: 'kev', record: 'CVE-2021-44228', sha256 },
    },
    {
      body: {
        kind: 'kev',
        vulnerability: 'CVE-2024-3094',
        addedOn: '2024-04-01',
        dueOn: null,
        ransomware: null,
        title: 'An entry of before 2023',
        requiredAction: 'Apply updates.',
      },
      provenance: { feed: 'kev', record: 'CVE-2024-3094', sha256 },
    },
  ]);
  expect(faults).toEqual([
    { record: 'CVE-2024-0001', reason: 'was added on no day that has been: 2199-01-01' },
    { record: 'entry 3', reason: 'is no entry of the catalogue: a field is missing or of another type' },
    { record: 'entry 4', reason: 'is no entry of the catalogue: a field is missing or of another type' },
  ]);
});

it("ransomware 'Unknown' is not known, and never false", async () => {
  const { facts } = await read(FIXTURE.replace('"Known"', '"Unknown"'));
  expect(facts[0]?.body).toMatchObject({ ransomware: null });
});

it.each([
  ['has fewer entries than it says', FIXTURE.replace('"count": 5', '"count": 1674')],
  ['does not say how many it has', FIXTURE.replace('"count": 5,', '')],
  ['has none', '{}'],
  ['is cut', FIXTURE.slice(0, 900)],
  ['is a page', '<html></html>'],
])('a catalogue that %s is refused', async (_title, content) => {
  await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});
