import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import type { Claim } from '../../model/index.ts';
import { debianTracker } from './index.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/tracker.json'));
const read = (content: string | Uint8Array, chunkBytes = 65_536) =>
  readOffered(debianTracker, { role: 'tracker', path: 'data/json', content, chunkBytes });
const row = (claim: Claim) => [
  claim.namespace,
  claim.status,
  claim.intervals.map(({ fixed }) => fixed),
  claim.fix.state,
  claim.vendorStatus,
  claim.severity,
];

describe('a vulnerability of a source package', () => {
  it('is one advisory with a claim per release', async () => {
    const { advisories } = await read(FIXTURE);
    const claim = {
      vulnerabilities: [],
      versions: [],
      name: '389-ds-base',
      nameKind: 'source',
      scheme: 'deb',
      channel: null,
      module: null,
      architectures: null,
      requires: [],
    };
    expect(advisories[0]).toEqual({
      id: 'CVE-2012-0833/389-ds-base',
      name: 'CVE-2012-0833',
      aliases: [],
      vulnerabilities: ['CVE-2012-0833'],
      title: '',
      summary: 'A flaw in access control instructions.',
      published: null,
      modified: null,
      withdrawn: null,
      severity: null,
      cvss: [],
      references: [{ kind: 'advisory', url: 'https://security-tracker.debian.org/tracker/CVE-2012-0833' }],
      claims: [
        {
          ...claim,
          namespace: 'debian:11',
          status: 'unaffected',
          intervals: [],
          fix: { state: 'unknown', version: null },
          vendorStatus: 'unimportant',
          severity: 'unimportant',
        },
        {
          ...claim,
          namespace: 'debian:sid',
          status: 'affected',
          intervals: [{ introduced: null, fixed: '1.2.10-1', lastAffected: null }],
          fix: { state: 'fixed', version: '1.2.10-1' },
          vendorStatus: null,
          severity: 'high**',
        },
      ],
      provenance: {
        feed: 'debian-tracker',
        record: '389-ds-base/CVE-2012-0833',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    });
  });

  it('keeps the words of the vendor: no-dsa, ignored, postponed, end-of-life, unimportant, undetermined', async () => {
    const { advisories } = await read(FIXTURE);
    expect(advisories[1]?.claims.map(row)).toEqual([
      ['debian:12', 'affected', [], 'deferred', 'no-dsa', null],
      ['debian:11', 'affected', [], 'wont-fix', 'ignored', null],
      ['debian:10', 'affected', [], 'deferred', 'postponed', 'low'],
      ['debian:9', 'affected', [], 'end-of-life', 'end-of-life', null],
      ['debian:13', 'affected', [], 'none', 'unimportant', 'unimportant'],
      ['debian:14', 'under-investigation', [], 'unknown', 'undetermined', null],
      ['debian:sid', 'affected', [], 'none', null, 'medium'],
    ]);
    expect(advisories[1]?.references.map(({ url }) => url)).toEqual([
      'https://security-tracker.debian.org/tracker/CVE-2016-5416',
      'https://bugs.debian.org/834233',
    ]);
  });

  it('may have no CVE yet, and keeps the releases that are understood', async () => {
    const { advisories } = await read(FIXTURE);
    expect(advisories[2]?.id).toBe('TEMP-0000000-0CA7E3/wordpress');
    expect(advisories[2]?.claims.map(row)).toEqual([
      ['debian:12', 'affected', ['6.0+dfsg1-1'], 'fixed', 'unimportant', 'unimportant'],
    ]);
  });

  it('may be of no release: an empty list in place of an object', async () => {
    const { advisories } = await read(FIXTURE);
    expect([advisories[3]?.id, advisories[3]?.claims, advisories.length]).toEqual(['CVE-2020-0001/wordpress', [], 4]);
  });

  it('counts everything that is dropped', async () => {
    const { faults } = await read(FIXTURE);
    expect(faults).toEqual([
      { record: 'wordpress/TEMP-0000000-0CA7E3', reason: 'state of sid: not understood' },
      {
        record: 'wordpress/CVE-2020-0004',
        reason: 'is not a record of the tracker: no releases, or a field of another type',
      },
      {
        record: 'wordpress/CVE-2020-0002',
        reason: 'is not a record of the tracker: no releases, or a field of another type',
      },
      { record: 'wordpress/__proto__', reason: 'is not named like a vulnerability' },
      { record: 'wordpress/constructor', reason: 'is not named like a vulnerability' },
      { record: '__proto__/CVE-2020-0003', reason: 'is not named like a source package' },
      { record: 'not-a-package', reason: 'is no object of vulnerabilities' },
      { record: 'list', reason: 'is no object of vulnerabilities' },
      {
        record: 'zurg',
        reason: 'release is not known, 1 statements were dropped; its number is needed in the table of releases',
      },
    ]);
  });

  it('reads the same wherever the transfer is cut', async () => {
    expect(await read(FIXTURE, 13)).toEqual(await read(FIXTURE));
  });
});

it.each([
  ['nothing', ''],
  ['an empty object', '{}'],
  ['an error in its place', '{"error": "try again"}'],
  ['a list', '[{"CVE-2020-0001": {"releases": {}}}]'],
  ['a cut document', '{"a": {"CVE-2020-0001": {"releases": {}}},'],
  ['a page', '<html></html>'],
])('%s is no tracker', async (_title, content) => {
  await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});
