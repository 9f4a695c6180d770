import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { arch } from './index.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/all.json'), 'utf8');
const read = (content: string) => readOffered(arch, { role: 'groups', content });

it('a group is an advisory with a claim per package', async () => {
  const { advisories } = await read(FIXTURE);
  const claim = {
    vulnerabilities: [],
    status: 'affected',
    namespace: 'arch',
    nameKind: 'binary',
    scheme: 'alpm',
    intervals: [{ introduced: null, fixed: '4.0.8-2', lastAffected: null }],
    versions: [],
    fix: { state: 'fixed', version: '4.0.8-2' },
    vendorStatus: 'Fixed',
    severity: 'Critical',
    channel: null,
    module: null,
    architectures: null,
    requires: [],
  };
  expect(advisories[0]).toEqual({
    id: 'AVG-5',
    name: 'AVG-5',
    aliases: ['ASA-201707-17'],
    vulnerabilities: ['CVE-2016-10095', 'CVE-2015-7554'],
    title: 'libtiff, lib32-libtiff: arbitrary code execution',
    summary: '',
    published: null,
    modified: null,
    withdrawn: null,
    severity: 'Critical',
    cvss: [],
    references: [{ kind: 'advisory', url: 'https://security.archlinux.org/AVG-5' }],
    claims: [
      { ...claim, name: 'libtiff' },
      { ...claim, name: 'lib32-libtiff' },
    ],
    provenance: { feed: 'arch', record: 'AVG-5', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
  });
});

it('the status decides', async () => {
  const { advisories, faults } = await read(FIXTURE);
  expect(
    advisories
      .slice(1)
      .map(({ id, vulnerabilities, claims: [claim] }) => [
        id,
        vulnerabilities,
        claim?.status,
        claim?.intervals.map(({ fixed }) => fixed),
        claim?.fix.state,
        claim?.channel,
      ]),
  ).toEqual([
    ['AVG-6', ['CVE-2024-0001'], 'affected', ['1-2'], 'fixed', 'testing'],
    ['AVG-7', ['AVG-7'], 'affected', [], 'none', null],
    ['AVG-8', ['CVE-2024-0002'], 'unaffected', [], 'unknown', null],
    ['AVG-9', ['CVE-2024-0003'], 'under-investigation', [], 'unknown', null],
    ['AVG-10', ['CVE-2024-0004'], 'under-investigation', [], 'unknown', null],
  ]);
  expect(faults).toEqual([
    { record: 'AVG-10', reason: 'has the status Fixed, and no fixed version' },
    { record: 'AVG-11', reason: 'status is not known: Perhaps' },
    { record: 'AVG-5', reason: 'occurs twice' },
    { record: 'group 8', reason: 'is not understood: a field is missing or of another type' },
    { record: 'group 9', reason: 'is not understood: a field is missing or of another type' },
  ]);
});

it.each([
  ['nothing', ''],
  ['no group', '[]'],
  ['an error', '{"detail": "Not found"}'],
  ['a word', 'invalid'],
  ['a cut list', FIXTURE.slice(0, 300)],
])('%s is refused', async (_title, content) => {
  await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});
