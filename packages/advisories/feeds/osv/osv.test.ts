import { describe, expect, it } from 'vitest';
import type { FeedContext, FeedDocument, FeedItem } from '../../feed/index.ts';
import { archiveOf, documentOf } from '../../testing/documents.ts';
import { osvFeeds } from './index.ts';

const CONTEXT: FeedContext = { watermark: null, now: new Date('2026-11-01T00:00:00Z'), namespaces: null };

async function read(feed: string, document: FeedDocument, context = CONTEXT): Promise<FeedItem[]> {
  const found = osvFeeds.find(({ id }) => id === `osv-${feed}`);
  if (found === undefined) throw new Error(feed);
  return await Array.fromAsync(found.read(document, context));
}

const record = (fields: object): string => JSON.stringify({ id: 'X-1', modified: '2026-01-01T00:00:00Z', ...fields });
async function one(feed: string, fields: object) {
  const items = await read(feed, documentOf(record(fields), { role: 'record', path: 'X-1.json' }));
  const advisory = items.find((item) => item.kind === 'advisory')?.advisory;
  if (advisory === undefined) throw new Error(JSON.stringify(items));
  return { advisory, faults: items.flatMap((item) => (item.kind === 'fault' ? [item.reason] : [])) };
}
const affected = (ecosystem: string, name: string, fixed: string) => ({
  package: { ecosystem, name },
  ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed }] }],
});

describe('what is fetched', () => {
  const start = (feed: string, watermark: string | null) =>
    osvFeeds.find(({ id }) => id === `osv-${feed}`)?.start({ ...CONTEXT, watermark })[0];

  it('is the archive at first, then the list of changes', () => {
    expect(start('rocky', null)).toMatchObject({ path: 'Rocky%20Linux/all.zip', role: 'archive', packing: 'zip' });
    expect(start('rocky', '2026-01-01T00:00:00.000Z')).toMatchObject({
      path: 'Rocky%20Linux/modified_id.csv',
      role: 'changes',
      // A mirror has no list of changes.
      optional: true,
      otherwise: { path: 'Rocky%20Linux/all.zip', role: 'archive' },
    });
    expect(start('debian-elts', '2026-01-01T00:00:00.000Z')).toMatchObject({ role: 'archive' });
  });

  const changes = (text: string, watermark: string | null = '2026-10-01T00:00:00.000Z') =>
    read('npm', documentOf(text, { role: 'changes', path: 'npm/modified_id.csv' }), { ...CONTEXT, watermark });

  it('are the records from the watermark on, with the newest as the next one', async () => {
    const items = await changes(
      '2026-10-02T00:00:00Z,GHSA-b\n2026-10-01T00:00:00Z,npm/GHSA-a\n2026-09-30T23:59:59Z,GHSA-old\n',
    );
    expect(items.map((item) => (item.kind === 'request' ? item.request.path : item))).toEqual([
      'npm/GHSA-b.json',
      'npm/GHSA-a.json',
      { kind: 'watermark', value: '2026-10-02T00:00:00.000Z' },
    ]);
  });

  it('make do with the archive where a record is not there by itself', async () => {
    const [item] = await changes('2026-10-02T00:00:00Z,GHSA-b\n');
    expect(item).toMatchObject({ request: { optional: true, otherwise: { path: 'npm/all.zip', role: 'archive' } } });
  });

  it('includes a record that is dated ahead, without moving the watermark there', async () => {
    const items = await changes('2027-07-09T15:45:00Z,PYSEC-1\n2026-09-30T00:00:00Z,PYSEC-2\n');
    expect(items.map(({ kind }) => kind)).toEqual(['request', 'watermark']);
    expect(items.at(-1)).toEqual({ kind: 'watermark', value: '2026-10-01T00:00:00.000Z' });
  });

  it('is the archive again when very many changed', async () => {
    const lines = Array.from({ length: 600 }, (_, index) => `2026-10-02T00:00:00Z,MAL-${index}\n`).join('');
    expect(await changes(lines)).toMatchObject([
      { kind: 'request', request: { role: 'archive', path: 'npm/all.zip' } },
    ]);
  });

  it('is malformed as a page in HTML', async () => {
    await expect(changes('<html></html>')).rejects.toMatchObject({ code: 'malformed' });
    await expect(read('npm', archiveOf([{ name: 'x.json', bytes: '{"error":1}' }]))).rejects.toMatchObject({
      code: 'malformed',
    });
  });
});

describe('a record', () => {
  it('claims for the own ecosystem only, under the name that its ecosystem compares', async () => {
    const entries = [affected('PyPI', 'Foo_Bar', '2.0'), affected('npm', 'foo', '2.0.0')];
    const { advisory, faults } = await one('pypi', { affected: entries });
    expect(advisory.claims.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['pypi/foo-bar']);
    expect(faults).toEqual([]);
  });

  it.each([
    ['pypi', 'PyPI:https://example.org/simple', 'another registry'],
    ['pypi', 'Cobol', 'is not known'],
    ['debian', 'Debian:later', 'the release'],
  ])('of %s with the ecosystem %s has a fault', async (feed, ecosystem, words) => {
    const { advisory, faults } = await one(feed, { affected: [affected(ecosystem, 'foo', '2.0')] });
    expect(advisory.claims).toEqual([]);
    expect(faults.join()).toContain(words);
  });

  it('names every CVE of its aliases; related ones only for a distribution that states no other', async () => {
    const ids = async (feed: string, fields: object) => (await one(feed, fields)).advisory.vulnerabilities;
    expect(await ids('go', { aliases: ['GHSA-aaaa-bbbb-cccc', 'CVE-2024-1111', 'CVE-2024-2222'] })).toEqual([
      'CVE-2024-1111',
      'CVE-2024-2222',
    ]);
    expect(await ids('go', { aliases: ['GHSA-aaaa-bbbb-cccc'], related: ['CVE-2024-1111'] })).toEqual([
      'GHSA-aaaa-bbbb-cccc',
    ]);
    expect(await ids('almalinux', { related: ['CVE-2024-1111'] })).toEqual(['CVE-2024-1111']);
    expect(
      await ids('ubuntu', { upstream: ['CVE-2024-1111', 'UBUNTU-CVE-2024-1111'], related: ['CVE-2024-9999'] }),
    ).toEqual(['CVE-2024-1111']);
    expect(await ids('debian', { id: 'DEBIAN-CVE-2024-3333' })).toEqual(['CVE-2024-3333']);
    expect(await ids('npm', {})).toEqual(['X-1']);
  });

  it('of Ubuntu is about those of its vulnerabilities that each release had', async () => {
    const entry = (release: string, ...ids: readonly string[]) => ({
      ...affected(`Ubuntu:${release}:LTS`, 'curl', '7.68.0-1ubuntu2.20'),
      database_specific: { cves_map: { ecosystem: `Ubuntu:${release}:LTS`, cves: ids.map((id) => ({ id })) } },
    });
    const upstream = ['CVE-2023-38545', 'CVE-2023-38546'];
    const entries = [entry('20.04', 'CVE-2023-38546'), entry('22.04', ...upstream), entry('24.04', '__proto__')];
    const { advisory } = await one('ubuntu', { upstream, affected: entries });
    expect(advisory.claims.map(({ namespace, vulnerabilities }) => [namespace, vulnerabilities])).toEqual([
      ['ubuntu:20.04', ['CVE-2023-38546']],
      // All of them.
      ['ubuntu:22.04', []],
      // What it names is none of them, so nothing is said.
      ['ubuntu:24.04', []],
    ]);
  });

  it('of a package without any version is unknown, never affected or safe', async () => {
    const { advisory, faults } = await one('pypi', { affected: [{ package: { ecosystem: 'PyPI', name: 'foo' } }] });
    expect(advisory.claims).toMatchObject([{ status: 'under-investigation', intervals: [], versions: [] }]);
    expect(faults).toEqual(['X-1: foo: no versions are stated']);
  });

  it('that is withdrawn stays so, whatever the date', async () => {
    const at = async (withdrawn: unknown) => (await one('npm', { withdrawn })).advisory.withdrawn;
    expect(await at('2024-05-06T07:08:09Z')).toBe('2024-05-06T07:08:09.000Z');
    expect(await at('0001-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00.000Z');
    expect(await at('2099-01-01T00:00:00Z')).toBe('2026-01-01T00:00:00.000Z');
    expect(await at(null)).toBeNull();
    expect((await one('npm', { withdrawn: true })).faults.join()).toContain('withdrawn is no date');
  });

  it('of Debian has its urgency as severity or as decision', async () => {
    const claim = async (urgency: string) => {
      const entry = { ...affected('Debian:12', 'foo', '1.0-1'), ecosystem_specific: { urgency } };
      const [first] = (await one('debian', { affected: [entry] })).advisory.claims;
      return [first?.vendorStatus, first?.severity];
    };
    expect(await claim('medium')).toEqual([null, 'medium']);
    expect(await claim('unimportant')).toEqual(['unimportant', null]);
    expect(await claim('not yet assigned')).toEqual([null, null]);
  });

  it('about a bug fix or a regression without a CVE claims nothing', async () => {
    const entry = affected('AlmaLinux:9', 'foo', '1.0-1.el9');
    expect((await one('almalinux', { id: 'ALBA-2024:1', affected: [entry] })).advisory.claims).toEqual([]);
    expect((await one('almalinux', { id: 'ALSA-2024:1', affected: [entry] })).advisory.claims).toHaveLength(1);
    expect(
      (await one('almalinux', { id: 'ALBA-2024:1', related: ['CVE-2024-1111'], affected: [entry] })).advisory.claims,
    ).toHaveLength(1);
    const ubuntu = { summary: 'foo regression', affected: [affected('Ubuntu:22.04:LTS', 'foo', '1.0')] };
    expect((await one('ubuntu', ubuntu)).advisory.claims).toEqual([]);
  });

  it('has one advisory per release where ids repeat', async () => {
    const { advisory } = await one('almalinux', {
      id: 'ALSA-2024:1',
      affected: [affected('AlmaLinux:9', 'foo', '1.0-1.el9')],
    });
    expect([advisory.id, advisory.name]).toEqual(['9/ALSA-2024:1', 'ALSA-2024:1']);
  });
});
