import { expect, test } from 'vitest';
import type { PackageDifference } from '@thimble/protocol';
import { differenceToCsv, mostUrgentFirst, urgencyOf } from './difference-rows.ts';

const closed = (id: string) => ({ id, severity: 'high', exploited: false, endpointCount: 3, packages: [] });
const ORDER = mostUrgentFirst([closed('CVE-2024-1'), closed('CVE-2024-2'), closed('CVE-2024-3')]);
const one = (name: string, closes: string[]): PackageDifference => ({
  repositoryId: '00000000-0000-4000-a000-000000000001',
  repositoryName: 'Debian 12',
  name,
  architecture: 'amd64',
  source: name,
  from: '1.0-1',
  to: null,
  downloadBytes: 0,
  closes,
  endpointCount: 2,
  blocked: false,
});

test('what closes the most urgent vulnerability comes first, however many others close', () => {
  const rows = [
    one('nothing', []),
    one('elsewhere', ['CVE-2020-1']),
    one('many', ['CVE-2024-2', 'CVE-2024-3']),
    one('worst', ['CVE-2020-2', 'CVE-2024-1']),
  ];
  const sorted = rows.toSorted((a, b) => urgencyOf(a, ORDER) - urgencyOf(b, ORDER));
  expect(sorted.map(({ name }) => name)).toEqual(['worst', 'many', 'elsewhere', 'nothing']);
});

test('the export has a line for each package, and says what is gone by leaving it empty', () => {
  expect(differenceToCsv([one('curl', ['CVE-2024-1', 'CVE-2024-2'])])).toBe(
    'package,architecture,from,to,closes,endpoints,bytes,repository,blocked\r\n' +
      'curl,amd64,1.0-1,,CVE-2024-1 CVE-2024-2,2,0,Debian 12,false\r\n',
  );
});
