import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { orderVersions } from '@thimble/versions';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOffered } from '../../feed/testing/reading.ts';
import type { XmlElement } from '../../feed/xml.ts';
import { freebsdVuxml } from './index.ts';
import { intervalOf } from './range.ts';

const FIXTURE = readFileSync(join(import.meta.dirname, 'fixtures/vuln.xml'), 'utf8');
const read = (content: string, chunkBytes = 65_536) =>
  readOffered(freebsdVuxml, { role: 'vuxml', content, chunkBytes });

describe('an entry', () => {
  it('is an advisory', async () => {
    const { advisories } = await read(FIXTURE);
    const [{ claims, ...advisory } = { claims: [] }] = advisories;
    expect(advisory).toEqual({
      id: '3110b29e-c82d-4287-9f6c-db82bb883b1e',
      name: '3110b29e-c82d-4287-9f6c-db82bb883b1e',
      aliases: [],
      vulnerabilities: ['CVE-2022-0001'],
      title: 'zeek -- potential DoS vulnerabilities',
      summary: 'Tim reports & says:\nFix a crash.',
      published: '2022-08-26T00:00:00.000Z',
      modified: null,
      withdrawn: null,
      severity: null,
      cvss: [],
      references: [
        { kind: 'advisory', url: 'https://vuxml.freebsd.org/freebsd/3110b29e-c82d-4287-9f6c-db82bb883b1e.html' },
        { kind: 'web', url: 'https://example.org/release' },
        { kind: 'advisory', url: 'https://www.freebsd.org/security/advisories/FreeBSD-SA-22:09.elf.asc' },
      ],
      provenance: {
        feed: 'freebsd-vuxml',
        record: '3110b29e-c82d-4287-9f6c-db82bb883b1e',
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    });
    expect(claims[0]).toEqual({
      vulnerabilities: [],
      status: 'affected',
      namespace: 'freebsd',
      name: 'zeek',
      nameKind: 'binary',
      scheme: 'freebsd',
      intervals: [
        { introduced: null, fixed: '4.0.9_1,1', lastAffected: null },
        { introduced: '5.0', fixed: '5.0.1', lastAffected: null },
      ],
      versions: [],
      fix: { state: 'fixed', version: '5.0.1' },
      vendorStatus: null,
      severity: null,
      channel: null,
      module: null,
      architectures: null,
      requires: [],
    });
  });

  it('makes a claim per name; a range that is not understood decides nothing', async () => {
    const { advisories, faults } = await read(FIXTURE);
    const claims = advisories.flatMap((advisory) => advisory.claims);
    expect(claims.map(({ name, status, intervals, fix }) => [name, status, intervals, fix.state]).slice(1)).toEqual([
      ['zeek-devel', 'affected', claims[0]?.intervals, 'fixed'],
      [
        'other',
        'affected',
        [
          { introduced: '1.2_2,3', fixed: null, lastAffected: '2.0' },
          { introduced: '3.0', fixed: null, lastAffected: '3.0' },
        ],
        'none',
      ],
      ['every', 'affected', [], 'none'],
      ['broken', 'under-investigation', [], 'unknown'],
    ]);
    expect(faults.map(({ reason }) => reason)).toEqual([
      'a range has the bound ne',
      'names no package: a b',
      'names no CVE: CAN-2022',
      'is there a second time',
      'has no identifier',
    ]);
  });

  it('that is cancelled is withdrawn, by the day on which that is read', async () => {
    const { advisories } = await read(FIXTURE);
    expect(advisories[1]).toMatchObject({
      id: '3362f2c1-8344-11d8-a41f-0020ed76ef5a',
      withdrawn: '2026-11-22T00:00:00.000Z',
      claims: [],
    });
  });

  it('reads the same wherever the transfer is cut', async () => {
    expect(await read(FIXTURE, 11)).toEqual(await read(FIXTURE));
  });
});

describe('a range', () => {
  const range = (...bounds: readonly (readonly [string, string])[]): XmlElement => ({
    name: 'range',
    attributes: new Map(),
    text: '',
    children: bounds.map(([name, text]) => ({ name, attributes: new Map(), children: [], text })),
  });

  it.each([
    ['no bound', range()],
    ['two of one side', range(['lt', '1'], ['le', '2'])],
    ['two from below', range(['gt', '1'], ['ge', '2'])],
    ['one twice', range(['lt', '1'], ['lt', '2'])],
    ['eq and another', range(['eq', '1'], ['lt', '2'])],
    ['an unknown bound', range(['ne', '1'])],
    ['no version', range(['lt', 'a b'])],
    ['a version without end', range(['lt', '1'.repeat(300)])],
  ])('with %s is not understood', (_title, element) => {
    expect(intervalOf(element)).toEqual(expect.any(String));
  });

  it('gt: right after a version comes its next revision, and nothing in between', () => {
    const version = fc
      .tuple(
        fc.array(fc.nat(30), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', 'a', '.b2', '.0', 'rc1'),
        fc.constantFrom('', '_1', '_2', '_9'),
        fc.constantFrom('', ',1', ',2'),
      )
      .map(([numbers, letters, revision, epoch]) => `${numbers.join('.')}${letters}${revision}${epoch}`);
    const compare = (a: string, b: string): number => {
      const result = orderVersions('freebsd', a, b);
      return 'order' in result ? result.order : expect.fail(`${a} and ${b} have no order`);
    };
    fc.assert(
      fc.property(version, version, (bound, other) => {
        const interval = intervalOf(range(['gt', bound]));
        const { introduced } = typeof interval === 'string' ? expect.fail(interval) : interval;
        expect(compare(other, introduced ?? '0') >= 0).toBe(compare(other, bound) > 0);
      }),
    );
  });
});

it.each([
  ['nothing', ''],
  ['no entry', '<vuxml></vuxml>'],
  ['a cut document', FIXTURE.slice(0, 900)],
  ['an entity of its own', FIXTURE.replace('zeek --', '&vuln-2003;')],
])('%s is refused', async (_title, content) => {
  await expect(read(content)).rejects.toMatchObject({ name: 'FeedError', code: 'malformed' });
});

it('an entry with a million characters of white space is read in linear time', async () => {
  const text = `${' '.repeat(900_000)}\t`;
  const { advisories } = await read(FIXTURE.replace('<p>Tim', `<p>${text}Tim`));
  expect(advisories[0]?.summary).toBe('Tim reports & says:\nFix a crash.');
});

it('an entry without measure is refused', async () => {
  const huge = FIXTURE.replace('<p>Tim', `<p>${'<i>x</i>'.repeat(300_000)}Tim`);
  await expect(read(huge)).rejects.toMatchObject({ name: 'FeedError', code: 'too-large' });
});
