import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  EndpointVulnerabilityList,
  Exception,
  ExceptionList,
  Explanation,
  FeedImportResult,
  FeedList,
  FleetGapList,
  NextPatches,
  VulnerabilityDetail,
  VulnerabilityList,
} from '@thimble/protocol';
import { generateSigningKey, signingKeyToPem } from '@thimble/protocol/signing';
import {
  fakeAdvisory,
  fakeClaim,
  fakeKev,
  fakeManifest,
  fakePackage,
  fakeUpdates,
  publishFeed,
} from '@thimble/server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../exit-codes.ts';
import { type CommandedFleet, startCommandedFleet } from '../testing/fleet.ts';
import { publishCatalogue } from '../testing/publish-catalogue.ts';

const OPENSSL = 'CVE-2026-1000';
const CURL = 'CVE-2026-2000';
const HOSTILE = '\u001b]0;owned\u0007\u202e';
const KEY = generateSigningKey();

let fleet: CommandedFleet;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'thimble-fleet-'));
  fleet = await startCommandedFleet({ settings: { feedKeys: KEY.keyid } });
  const { context } = fleet.server;
  await fleet.agent('alpha');
  await fleet.agent('beta', {
    manifest: fakeManifest([
      fakePackage('openssl', '3.0.17-1'),
      fakePackage('curl', '7.88.1-10'),
      fakePackage('postgresql-15', '15.4-1.pgdg120+1', {
        origin: { origin: 'apt.postgresql.org', label: 'PGDG', suite: 'x', codename: 'x', component: 'main' },
      }),
    ]),
    updates: fakeUpdates([]),
  });
  await publishFeed(context, 'debian-tracker', [
    fakeAdvisory('DSA-1', OPENSSL, [fakeClaim('openssl', '3.0.17-1')], { title: `Title ${HOSTILE}` }),
    fakeAdvisory('DSA-2', CURL, [fakeClaim('curl', null)]),
  ]);
  await publishFeed(context, 'kev', [], [fakeKev(OPENSSL)]);
});
afterAll(async () => {
  await fleet.server.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('thimble vulnerabilities', () => {
  it('lists the most pressing first, and of all texts only what is safe on a terminal', async () => {
    const { code, stdout, stderr } = await fleet.run(['vulnerabilities']);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/^VULNERABILITY +SEVERITY.*\nCVE-2026-1000 .*openssl.*\nCVE-2026-2000 .*curl/);
    expect(stderr).toContain('2 vulnerabilities, 2 shown');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const list = await fleet.json<VulnerabilityList>('vulnerabilities', '--kev');
    expect(list.items.map(({ id }) => id)).toEqual([OPENSSL]);
  });

  it.each([60, 80, 120])('fits into a terminal of %d columns, with what matters most', async (width) => {
    const { stdout } = await fleet.run(['vulnerabilities'], width);
    expect(stdout).toContain(OPENSSL);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('shows one with its arithmetic, its packages and the endpoints that have them', async () => {
    const { code, stdout } = await fleet.run(['vulnerabilities', OPENSSL]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toMatch(/Exploited: +listed on 2026-01-02, due 2026-01-23/);
    expect(stdout).toMatch(/Risk \d+ of 100\n( +[+-]\d+\.\d {2}.*\n)+/);
    expect(stdout).toContain('openssl 3.0.15-1 (debian:12) on 1 endpoint: fixed in 3.0.17-1');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    const detail = await fleet.json<VulnerabilityDetail>('vulnerabilities', OPENSSL);
    const sum = detail.priority.steps.reduce((total, { points }) => total + points, 0);
    expect(sum).toBeCloseTo(detail.priority.score, 0);
  });

  it('lists those of one machine, now and before it was known', async () => {
    const { stdout, stderr } = await fleet.run(['vulnerabilities', '--endpoint', 'alpha']);
    expect(stdout).toMatch(/CVE-2026-1000 .*openssl +3\.0\.15-1 +3\.0\.17-1 +open/);
    expect(stderr).toMatch(/2 findings on alpha, 2 shown, as of/);
    const filtered = await fleet.json<EndpointVulnerabilityList>('vulnerabilities', '--endpoint', 'alpha', '--kev');
    expect(filtered.items.map(({ id }) => id)).toEqual([OPENSSL]);
    const before = ['vulnerabilities', '--endpoint', 'alpha', '--as-of', '2026-01-01'];
    expect((await fleet.json<EndpointVulnerabilityList>(...before)).items).toEqual([]);
  });

  it.each([
    ['a date is none', ['--endpoint', 'alpha', '--as-of', 'yesterday'], EXIT.usage, /has to be a date/],
    ['a date is of no machine', ['--as-of', '2026-01-01'], EXIT.usage, /needs an --endpoint/],
    [
      'a machine is not there',
      ['--endpoint', 'gamma'],
      EXIT.usage,
      /no endpoint is called "gamma"[\s\S]*alpha and beta/,
    ],
    ['two things are asked', [OPENSSL, '--endpoint', 'alpha'], EXIT.usage, /thimble explain CVE-2026-1000 alpha/],
    ['it is not known', ['CVE-1999-1'], EXIT.failure, /CVE-1999-1|no such|not known/],
  ])('says so when %s', async (_, argv, code, message) => {
    const ended = await fleet.run(['vulnerabilities', ...argv]);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});

describe('thimble explain, gaps and next-patches', () => {
  it('explains an endpoint and a package as the server does', async () => {
    const { stdout } = await fleet.run(['explain', OPENSSL, 'alpha']);
    expect(stdout).toContain('3.0.15-1 < 3.0.17-1');
    const explanation = await fleet.json<Explanation>('explain', OPENSSL, 'openssl');
    expect(explanation.verdicts.map(({ outcome }) => outcome).sort()).toEqual(['affected', 'not-affected']);
  });

  it('shows what could not be assessed, and where', async () => {
    const { stdout } = await fleet.run(['gaps']);
    expect(stdout).toMatch(/third-party-origin.*beta/);
    const gaps = await fleet.json<FleetGapList>('gaps');
    expect(gaps.items.map(({ reason }) => reason)).toContain('third-party-origin');
  });

  it('names the update that removes most, and what stays without one', async () => {
    const { stdout, stderr } = await fleet.run(['next-patches', '--endpoint', 'alpha']);
    expect(stdout).toMatch(/openssl +3\.0\.17-1 +1 +1 +1/);
    expect(stderr).toMatch(/Stays: 1 finding/);
    const patches = await fleet.json<NextPatches>('next-patches', '--limit', '1');
    expect(patches.items).toMatchObject([{ source: 'openssl', exploitedCount: 1 }]);
  });
});

describe('thimble exceptions', () => {
  const owned = ['--owner', 'Dana Moss', '--reason', 'patched on Sunday'];

  it('accepts a risk until a date, lists it, and takes it back by the end of its id', async () => {
    const where = ['--endpoint', 'alpha', '--package', 'openssl', '--until', '2099-12-06'];
    const { code, stdout } = await fleet.run(['exceptions', 'accept', OPENSSL, ...owned, ...where]);
    expect(code).toBe(EXIT.ok);
    expect(stdout).toBe(
      `risk accepted: ${OPENSSL} in openssl on alpha, until 2099-12-06, by Dana Moss: patched on Sunday`,
    );
    const [only] = (await fleet.json<ExceptionList>('exceptions')).items;
    expect(only).toMatchObject({ kind: 'accepted', hostname: 'alpha', expiresAt: '2099-12-06T23:59:59.999Z' });
    expect((await fleet.run(['exceptions', 'list'], 60)).stdout).toContain(OPENSSL);
    const listed = await fleet.json<EndpointVulnerabilityList>('vulnerabilities', '--endpoint', 'alpha');
    expect(listed.items.find(({ id }) => id === OPENSSL)).toMatchObject({ state: 'accepted' });
    await fleet.run(['exceptions', 'revoke', only?.id.slice(-12) ?? '']);
    expect((await fleet.json<ExceptionList>('exceptions')).items).toEqual([]);
    const all = await fleet.json<ExceptionList>('exceptions', 'list', '--all');
    expect(all.items).toMatchObject([{ active: false }]);
    expect((await fleet.run(['exceptions', '--all'])).stdout).toMatch(/revoked/);
  });

  it('prints reasons and owners only as they are safe', async () => {
    const hostile = ['--owner', `me${HOSTILE}`, '--reason', `is wrong ${HOSTILE}`];
    const created = await fleet.json<Exception>('exceptions', 'false-positive', CURL, ...hostile);
    const { stdout } = await fleet.run(['exceptions']);
    expect(stdout).toContain('is wrong ?]0;owned??');
    await fleet.run(['exceptions', 'revoke', created.id]);
  });

  it.each([
    ['an accepted risk has no end', ['accept', OPENSSL, ...owned], EXIT.usage, /--until/],
    ['the end has passed', ['accept', OPENSSL, ...owned, '--until', '2020-01-01'], EXIT.failure, /no time to come/],
    ['nobody answers for it', ['accept', OPENSSL, '--reason', 'it is', '--until', '2099-01-01'], EXIT.usage, /--owner/],
    ['a machine is not there', ['not-affected', CURL, ...owned, '--endpoint', 'gamma'], EXIT.usage, /gamma/],
    [
      'a justification is none',
      ['not-affected', CURL, ...owned, '--justification', 'x'],
      EXIT.usage,
      /component_not_present/,
    ],
    ['there is none such', ['revoke', 'abcdef'], EXIT.usage, /no exception in force/],
  ])('says so when %s', async (_, argv, code, message) => {
    const ended = await fleet.run(['exceptions', ...argv]);
    expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });
});

describe('thimble vex', () => {
  it.each([
    ['cyclonedx', { bomFormat: 'CycloneDX' }],
    ['csaf', { document: { category: 'csaf_vex' } }],
  ])('exports %s, to a file or to standard output', async (format, shape) => {
    const file = join(directory, `${format}.json`);
    const written = await fleet.run(['vex', 'export', '--format', format, '--output', file]);
    expect(written).toMatchObject({ code: EXIT.ok, stdout: '' });
    const document: unknown = JSON.parse(readFileSync(file, 'utf8'));
    expect(document).toMatchObject(shape);
    expect(JSON.stringify(document)).toContain(OPENSSL);
    expect(JSON.parse((await fleet.run(['vex', 'export', '--format', format])).stdout)).toMatchObject(shape);
  });

  it('takes over what a vendor says, once', async () => {
    const file = join(directory, 'vendor.json');
    const ref = 'pkg:deb/debian/curl@7.88.1-10';
    writeFileSync(
      file,
      JSON.stringify({
        bomFormat: 'CycloneDX',
        specVersion: '1.6',
        version: 1,
        metadata: { timestamp: '2026-05-03T12:00:00Z', supplier: { name: 'Vendor' } },
        components: [{ type: 'library', name: 'curl', version: '7.88.1-10', 'bom-ref': ref, purl: ref }],
        vulnerabilities: [
          {
            id: CURL,
            analysis: { state: 'not_affected', justification: 'code_not_reachable', detail: 'never called' },
            affects: [{ ref }],
          },
        ],
      }),
    );
    const list = await fleet.json<ExceptionList>('vex', 'import', file);
    expect(list.items).toMatchObject([{ vulnerability: CURL, kind: 'not-affected', reason: 'never called' }]);
    expect(await fleet.run(['vex', 'import', file])).toMatchObject({ code: 0, stderr: 'Nothing in it is new.' });
    await fleet.run(['exceptions', 'revoke', list.items[0]?.id ?? '']);
  });

  it.each([
    ['not there', null, EXIT.usage, /can't be read/],
    ['no JSON', '<xml/>', EXIT.usage, /no JSON document/],
    ['neither CycloneDX nor CSAF', '{"a":1}', EXIT.failure, /CycloneDX|CSAF|VEX/],
  ])('says so when a document is %s', async (_, text, code, message) => {
    const file = join(directory, 'odd.json');
    rmSync(file, { force: true });
    if (text !== null) writeFileSync(file, text);
    expect(await fleet.run(['vex', 'import', file])).toMatchObject({ code, stderr: expect.stringMatching(message) });
  });
});

describe('thimble feeds, of a server', () => {
  const there = () => ['--server', fleet.server.url];

  it('lists what the fleet needs, and all there is when asked', async () => {
    const needed = await fleet.json<FeedList>('feeds', 'list', ...there());
    expect(needed.items.find(({ id }) => id === 'debian-tracker')).toMatchObject({
      health: 'fresh',
      advisoryCount: 2,
      neededFor: ['debian:12 on 2 endpoints'],
    });
    expect(needed.items.find(({ id }) => id === 'debian-lists')).toMatchObject({ health: 'never' });
    expect(needed.items.some(({ id }) => id === 'osv-hackage')).toBe(false);
    const all = await fleet.json<FeedList>('feeds', 'list', '--all', ...there());
    expect(all.items.length).toBeGreaterThan(needed.items.length);
    expect((await fleet.run(['feeds', 'list', ...there()], 80)).stdout).toMatch(/^FEED +STATE[\s\S]*debian-tracker/);
  });

  it('says in words what of the fleet needs a feed', async () => {
    const { stdout } = await fleet.run(['feeds', 'status', 'debian-tracker', 'osv-hackage', ...there()]);
    expect(stdout).toMatch(/debian-tracker[\s\S]*needed for: +debian:12 on 2 endpoints[\s\S]*needed for: +nothing of/);
  });

  it('switches a feed and its address, and switches it back', async () => {
    const set = await fleet.run(['feeds', 'set', 'osv-hackage', '--mode', 'on', '--base-url', 'http://localhost:1/x']);
    expect(set).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^osv-hackage: on, from http:..localhost:1.x\/:/),
    });
    const back = await fleet.run(['feeds', 'set', 'osv-hackage', '--mode', 'auto', '--base-url', '']);
    expect(back.stdout).toMatch(/^osv-hackage: auto, from https:/);
  });

  it('imports a signed bundle that another site exported, and nothing else', async () => {
    const site = ['--database', join(directory, 'site', 'a.sqlite')];
    const mirror = join(directory, 'mirror');
    publishCatalogue(mirror);
    const bundle = join(directory, 'bundle');
    const key = join(directory, 'key.pem');
    writeFileSync(key, signingKeyToPem(KEY));
    await fleet.run(['feeds', 'sync', 'kev', '--mirror', pathToFileURL(mirror).href, ...site]);
    const exported = await fleet.run(['feeds', 'export', bundle, '--key-file', key, ...site]);
    expect(exported).toMatchObject({ code: EXIT.ok, stdout: expect.stringContaining(KEY.keyid) });
    const imported = await fleet.json<FeedImportResult>('feeds', 'import', bundle, '--force', ...there());
    expect(imported.feeds).toMatchObject([{ id: 'kev', facts: 2 }]);
    const again = await fleet.run(['feeds', 'import', bundle, ...there()]);
    expect(again).toMatchObject({ code: EXIT.ok, stdout: 'kev: unchanged, 2 records' });
    writeFileSync(bundle, 'no bundle');
    const refused = await fleet.run(['feeds', 'import', bundle, ...there()]);
    expect(refused).toMatchObject({ code: EXIT.failure, stderr: expect.stringMatching(/bundle/) });
  });

  it('asks for one feed now, and for all that are needed', async () => {
    expect(await fleet.run(['feeds', 'sync', 'kev', ...there()])).toMatchObject({ code: 0, stdout: 'asked for kev' });
    const { asked } = await fleet.json<{ asked: string[] }>('feeds', 'sync', ...there());
    expect(asked).toEqual(expect.arrayContaining(['debian-lists', 'debian-tracker', 'kev']));
    expect(asked).not.toContain('osv-hackage');
  });

  it.each([
    ['a feed is not known', ['set', 'nothing', '--mode', 'on'], EXIT.failure, /no feed nothing/],
    ['nothing is to change', ['set', 'kev'], EXIT.usage, /what is to change/],
    ['an address is none', ['set', 'kev', '--base-url', 'file:///etc'], EXIT.failure, /no http or https address/],
    [
      'a server is told whence',
      ['sync', 'kev', '--mirror', 'http://x/', '--server', 'http://localhost:1'],
      EXIT.usage,
      /settings/,
    ],
    [
      'a server is told whom to trust',
      ['import', 'x', '--key', 'a', '--server', 'http://localhost:1'],
      EXIT.usage,
      /its own setting/,
    ],
    ['a bundle is not there', ['import', '/nowhere/x', '--server', 'http://localhost:1'], EXIT.usage, /is not there/],
  ])('says so when %s', async (_, argv, code, message) => {
    expect(await fleet.run(['feeds', ...argv])).toMatchObject({ code, stderr: expect.stringMatching(message) });
  });
});
