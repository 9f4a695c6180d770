import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import { distroInfo } from './index.ts';

const fixture = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name));

it('a release of Debian is supported until its end of life, then by LTS', async () => {
  const { facts, faults } = await readOffered(distroInfo, { role: 'debian', content: fixture('debian.csv') });
  const common = { kind: 'support', ended: false, latest: null };
  expect(facts.map(({ body }) => body)).toEqual([
    { ...common, subject: 'debian:4', title: 'Debian 4 (Etch)', endsOn: '2010-02-15', extendedEndsOn: null, note: '' },
    {
      ...common,
      subject: 'debian:12',
      title: 'Debian 12 (Bookworm)',
      endsOn: '2026-07-11',
      extendedEndsOn: '2028-06-30',
      note: 'Long Term Support until 2028-06-30; Extended Long Term Support (paid) until 2033-06-30',
    },
    { ...common, subject: 'debian:14', title: 'Debian 14 (Forky)', endsOn: null, extendedEndsOn: null, note: '' },
    { ...common, subject: 'debian:sid', title: 'Debian (Sid)', endsOn: null, extendedEndsOn: null, note: '' },
  ]);
  expect(faults).toEqual([
    { record: 'line 6', reason: 'is no release: 15,Duke,duke,2027-08-01,,2031-02-31' },
    { record: 'line 7', reason: 'is no release: ,,,' },
  ]);
});

it('a release of Ubuntu is supported until its end of life, then by ESM', async () => {
  const { facts } = await readOffered(distroInfo, { role: 'ubuntu', content: fixture('ubuntu.csv') });
  const common = { kind: 'support', ended: false, latest: null };
  expect(facts.map(({ body }) => body)).toEqual([
    {
      ...common,
      subject: 'ubuntu:6.06',
      title: 'Ubuntu 6.06 (Dapper Drake)',
      endsOn: '2009-07-14',
      extendedEndsOn: null,
      note: '',
    },
    {
      ...common,
      subject: 'ubuntu:22.04',
      title: 'Ubuntu 22.04 (Jammy Jellyfish)',
      endsOn: '2027-06-01',
      extendedEndsOn: '2032-04-09',
      note: 'Expanded Security Maintenance (Ubuntu Pro) until 2032-04-09; the Legacy add-on (paid) until 2034-04-25',
    },
  ]);
});

it.each([
  ['nothing', ''],
  ['another table', 'a,b\n1,2\n'],
  ['no release', 'version,codename,series,created,release,eol\n'],
  ['a cut table', 'version,codename,series,created,release,eol\n12,Bookworm,bookworm,2021'],
])('%s is refused', async (_title, content) => {
  await expect(readOffered(distroInfo, { role: 'debian', content })).rejects.toMatchObject({ code: 'malformed' });
});
