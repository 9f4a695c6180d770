import { expect, it } from 'vitest';
import { assess } from './assess.ts';
import { fixedIn, FRESH, record, software } from './testing/records.ts';
import { vulnerabilitiesCalled } from './vulnerabilities-called.ts';

const RECORDS = [
  record(fixedIn('1.0-2'), { vulnerability: 'CVE-2024-0001', name: 'DSA-1-1', aliases: ['GHSA-aaaa-bbbb-cccc'] }),
  record(fixedIn('1.0-1'), { vulnerability: 'CVE-2024-0002', name: 'DSA-1-1' }),
  record(fixedIn('1.0-2'), { vulnerability: 'TEMP-1', name: 'DSA-2-1' }),
];
const ASSESSMENT = assess(software(), RECORDS, { fresh: FRESH });

it.each([
  ['CVE-2024-0001', ['CVE-2024-0001']],
  ['cve-2024-0002', ['CVE-2024-0002']],
  ['ghsa-AAAA-bbbb-cccc', ['CVE-2024-0001']],
  // Of an advisory all that it is about, whether or not it applies.
  ['DSA-1-1', ['CVE-2024-0001', 'CVE-2024-0002']],
  // Without a CVE the lowest of its names is its own.
  ['TEMP-1', ['DSA-2-1']],
  ['CVE-2024-000', []],
  ['', []],
  ['__proto__', []],
])('%s is %j', (name, expected) => {
  expect(vulnerabilitiesCalled(ASSESSMENT, name).toSorted()).toEqual(expected);
});
