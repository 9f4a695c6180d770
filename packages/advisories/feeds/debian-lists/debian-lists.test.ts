import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FeedError } from '../../feed/index.ts';
import { readOffered } from '../../feed/testing/reading.ts';
import { debianLists } from './index.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/DSA-list.txt'));
const read = (content: string | Uint8Array, chunkBytes?: number) =>
  readOffered(debianLists, {
    role: 'list',
    path: 'data/DSA/list',
    content,
    ...(chunkBytes === undefined ? {} : { chunkBytes }),
  });
const brief = async (content: string) => {
  const { advisories, faults } = await read(content);
  const claims = advisories.flatMap((advisory) =>
    advisory.claims.map((claim) => [
      claim.namespace,
      claim.name,
      claim.status,
      claim.intervals.map((interval) => interval.fixed),
      claim.fix.state,
      claim.vendorStatus,
    ]),
  );
  return { claims, faults: faults.map((fault) => fault.reason) };
};

describe('an entry of the list', () => {
  it('is an advisory with the fixed version of each release', async () => {
    const { advisories } = await read(FIXTURE);
    expect(advisories[0]).toEqual({
      id: 'DSA-6446-1',
      name: 'DSA-6446-1',
      aliases: [],
      vulnerabilities: ['CVE-2026-72522'],
      title: 'expat - security update',
      summary: '',
      published: '2026-08-21T00:00:00.000Z',
      modified: null,
      withdrawn: null,
      severity: null,
      cvss: [],
      references: [{ kind: 'advisory', url: 'https://security-tracker.debian.org/tracker/DSA-6446-1' }],
      claims: [
        {
          vulnerabilities: [],
          status: 'affected',
          namespace: 'debian:13',
          name: 'expat',
          nameKind: 'source',
          scheme: 'deb',
          intervals: [{ introduced: null, fixed: '2.8.3-1~deb13u1', lastAffected: null }],
          versions: [],
          fix: { state: 'fixed', version: '2.8.3-1~deb13u1' },
          vendorStatus: null,
          severity: null,
          channel: null,
          module: null,
          architectures: null,
          requires: [],
        },
      ],
      provenance: {
        feed: 'debian-lists',
        record: 'DSA-6446-1',
        // head -3 fixtures/DSA-list.txt | sha256sum
        sha256: 'e9279b20af7fb91d55d06b3af23725e0621a6fc99dc9c597ac15ad10e7d935cc',
      },
    });
  });

  it('without vulnerabilities is about itself: a regression update, an announcement', async () => {
    const { advisories } = await read(FIXTURE);
    expect(advisories.map(({ id, vulnerabilities }) => [id, vulnerabilities])).toEqual([
      ['DSA-6446-1', ['CVE-2026-72522']],
      ['DSA-5424-2', ['DSA-5424-2']],
      ['DSA-4205-1', ['DSA-4205-1']],
      ['DSA-2107-1', ['CVE-2004-0983', 'CVE-2010-2234']],
      ['DSA-0960', ['TEMP-0000000-0CA7E3']],
    ]);
  });

  it('reads the same wherever the transfer is cut', async () => {
    const whole = await read(FIXTURE);
    for (const chunkBytes of [1, 7, 64]) expect(await read(FIXTURE, chunkBytes)).toEqual(whole);
  });

  it('is a fault where its id occurs for the second time', async () => {
    const { advisories, faults } = await read(`[01 Jan 2024] DSA-5000-1 a - b\n[02 Jan 2024] DSA-5000-1 c - d\n`);
    expect([advisories.map(({ title }) => title), faults]).toEqual([
      ['a - b'],
      [{ record: 'DSA-5000-1', reason: 'is there a second time' }],
    ]);
  });

  it('counts what is not understood, and keeps the rest', async () => {
    const { faults } = await read(FIXTURE);
    expect(faults).toEqual([
      { record: 'DSA-0960', reason: 'names no vulnerability: broken' },
      { record: 'DSA-0960', reason: 'release warty is not known; its number is needed in the table of releases' },
      { record: 'line 17', reason: 'is no headline of an advisory: a stray line' },
    ]);
  });
});

describe('the state of a package', () => {
  const entry = (line: string) => `[01 Jan 2024] DSA-5000-1 a - b\n\t{CVE-2024-0001}\n\t${line}\n`;
  it.each([
    ['[bookworm] - a 1:2.0-1', ['debian:12', 'a', 'affected', ['1:2.0-1'], 'fixed', null]],
    ['[sarge] - a 1.0 (medium; bug #1)', ['debian:3.1', 'a', 'affected', ['1.0'], 'fixed', null]],
    ['[etch] - a <not-affected> (Not present)', ['debian:4', 'a', 'unaffected', [], 'unknown', 'not-affected']],
    ['- a <unfixed>', ['debian:sid', 'a', 'affected', [], 'none', 'unfixed']],
    ['- a <removed>', ['debian:sid', 'a', 'affected', [], 'none', 'removed']],
    ['[jessie] - a <end-of-life>', ['debian:8', 'a', 'affected', [], 'end-of-life', 'end-of-life']],
    ['[jessie] - a <no-dsa> (Minor)', ['debian:8', 'a', 'affected', [], 'deferred', 'no-dsa']],
    ['[jessie] - a <postponed>', ['debian:8', 'a', 'affected', [], 'deferred', 'postponed']],
    ['[jessie] - a <ignored>', ['debian:8', 'a', 'affected', [], 'wont-fix', 'ignored']],
    ['[jessie] - a <undetermined>', ['debian:8', 'a', 'under-investigation', [], 'unknown', 'undetermined']],
  ])('%s', async (line, expected) => {
    expect(await brief(entry(line))).toEqual({ claims: [expected], faults: [] });
  });

  it('says nothing about what is not in the archive', async () => {
    expect(await brief(entry('- a <itp> (bug #1)'))).toEqual({ claims: [], faults: [] });
  });

  it.each([
    ['[bookworm] - a <perhaps>', 'state <perhaps> is not known'],
    ['[bookworm] a 1.0', 'not understood: [bookworm] a 1.0'],
  ])('is a fault where unknown: %s', async (line, reason) => {
    expect(await brief(entry(line))).toEqual({ claims: [], faults: [reason] });
  });
});

describe('a list that is none', () => {
  it.each([
    ['nothing', ''],
    ['a page of a captive portal', '<html>\n<body>Log in</body>\n</html>\n'],
    ['a cut last line', '[01 Jan 2024] DSA-5000-1 a - b\n\t[bookworm] - a 1.'],
    ['bytes with NUL', '[01 Jan 2024] DSA-5000-1 a\0b\n'],
  ])('is refused: %s', async (_title, content) => {
    await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
  });

  it('is refused when a line has no end', async () => {
    await expect(read('x'.repeat(1024 * 1024 + 1))).rejects.toBeInstanceOf(FeedError);
  });

  it('tells a hundred stray lines one by one, and counts the rest', async () => {
    const { faults, advisories } = await read(`${'?\n'.repeat(5_000)}[01 Jan 2024] DSA-5000-1 a - b\n`);
    expect([faults.length, faults.at(-1)?.reason, advisories.length]).toEqual([
      101,
      '4900 further lines are no headlines',
      1,
    ]);
  });
});
