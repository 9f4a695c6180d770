import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { debianSupport } from './index.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const read = (role: string, path: string, content: string) => readOffered(debianSupport, { role, path, content });
const row = (name: string, namespace: string) => ({
  kind: 'support',
  subject: `${namespace}/source/${name}`,
  title: `Security support of ${name}`,
  endsOn: null,
  extendedEndsOn: null,
  ended: false,
  latest: null,
  note: '',
});

describe('the list of a release', () => {
  it('says on which day support of a package ends, and which version was the last', async () => {
    const { facts, faults } = await read('ended', 'security-support-ended.deb12', fixture('ended.deb12'));
    expect(facts.map(({ body }) => body)).toEqual([
      {
        ...row('dnsdist', 'debian:12'),
        endsOn: '2025-10-01',
        latest: '1.7.3-2',
        note: 'No security support upstream',
      },
      { ...row('php-horde.*', 'debian:12'), endsOn: '2025-03-22', note: 'incompatible with PHP8' },
      { ...row('xen', 'debian:12'), endsOn: '2027-01-01', latest: '1:4.17-1' },
    ]);
    expect(faults.map(({ record }) => record)).toEqual(['line 9', 'line 10', 'line 11']);
  });

  it('may have nothing but its comment', async () => {
    const { facts, faults } = await read('ended', 'security-support-ended.deb11', '# File format\n\n# none yet\n');
    expect([facts, faults]).toEqual([[], []]);
  });
});

it('limited support is of all releases where the list names none', async () => {
  const general = await read('limited', 'security-support-limited', fixture('limited'));
  expect(general.facts.map(({ body }) => body)).toEqual([
    { ...row('binutils', 'debian'), ended: 'limited', note: 'Only suitable for trusted content' },
    { ...row('golang.*', 'debian'), ended: 'limited', note: 'Statically linked' },
    { ...row('adns', 'debian'), ended: 'limited' },
  ]);
  const ofRelease = await read('limited', 'security-support-limited.deb13', fixture('limited'));
  expect(ofRelease.facts[0]?.body).toMatchObject({ subject: 'debian:13/source/binutils' });
});

it.each([
  ['nothing', 'ended', 'security-support-ended.deb12', '', 'malformed'],
  ['a page', 'ended', 'security-support-ended.deb12', '<html></html>\n', 'malformed'],
  ['a cut list', 'ended', 'security-support-ended.deb12', '# a\nxen 1.0 2027', 'malformed'],
  ['ended support of no release', 'ended', 'security-support-ended', '# a\n', 'unsupported'],
])('%s is refused', async (_title, role, path, content, code) => {
  await expect(read(role, path, content)).rejects.toMatchObject({ name: 'FeedError', code });
});
