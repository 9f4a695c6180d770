import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EndpointVulnerability, EndpointVulnerabilityList } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingFixes, readList, readStatus } from '../assessment/independent-verdicts.ts';
import { labForTests } from '../availability.ts';
import { createVendorRepository, type VendorRepository } from '../vendor/vendor-repository.ts';
import { type FeedMirror, type ListedAdvisory, startFeedMirror } from './feed-mirror.ts';
import { type Fleet, type Member, startFleet } from './fleet.ts';
import { startContainer } from './lab-container.ts';
import { labService } from './lab-service.ts';
import { packages, planRun, waitForTargets } from './runs.ts';
import { waitFor } from './wait-for.ts';

const availability = labForTests('vulnerabilities of real endpoints by feeds of a mirror');

const IN_NGINX = 'CVE-2026-90001';
const FIXED_BEFORE = 'CVE-2026-90002';
const IN_SERVICE = 'CVE-2026-90003';
const OF_A_NAMESAKE = 'CVE-2026-90004';
const IN_CONTAINER = 'CVE-2026-90005';
/** A process counts as one that stays when it is a minute old. */
const RUNTIME_DEADLINE_MS = 240_000;

/** One test follows on another, as an advisory's life does: published, explained, patched, corrected, taken back. */
describe.skipIf(!availability.available)('a real endpoint, held against feeds by a real server', () => {
  let feeds: FeedMirror;
  let fleet: Fleet;
  let debian: VendorRepository;
  let vendor: VendorRepository;
  let member: Member;
  let advisories: readonly ListedAdvisory[];
  let whileOpen: string;

  beforeAll(async () => {
    feeds = await startFeedMirror();
    fleet = await startFleet({ tag: 'vulnerabilities', suites: ['bookworm'], settings: { 'feed-mirror': feeds.url } });
    // Publishes as Debian's security team does; the other one is anybody.
    debian = await createVendorRepository('debian-security', fleet.mirror);
    vendor = await createVendorRepository('anybody', fleet.mirror);
    await offer('1.0-1');
    await vendor.publish({ packages: [{ name: 'lab-tool', version: '1.0' }] });
  });
  afterAll(async () => {
    await vendor?.dispose();
    await debian?.dispose();
    await fleet?.dispose();
    await feeds?.[Symbol.asyncDispose]();
  });

  async function offer(version: string): Promise<void> {
    await debian.publish({
      packages: [labService(version)],
      release: { origin: 'Debian', label: 'Debian-Security', fields: { Codename: 'bookworm-security' } },
    });
  }

  const ask = (asOf?: string): Promise<EndpointVulnerabilityList> =>
    fleet.server.client.endpointVulnerabilities(member.id, asOf === undefined ? {} : { asOf });

  async function found(id: string, asOf?: string): Promise<EndpointVulnerability | undefined> {
    return (await ask(asOf)).items.find((item) => item.id === id);
  }

  async function inState(
    id: string,
    condition: string,
    holds: (found: EndpointVulnerability | undefined) => boolean,
    deadlineMs?: number,
  ): Promise<EndpointVulnerability | undefined> {
    await waitFor(`${id} ${condition}`, async () => holds(await found(id)), {
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
      state: async () => {
        const { items: known } = await fleet.server.client.feeds();
        const told = known.filter((feed) => ['debian-lists', 'kev', 'secdb-alpine'].includes(feed.id));
        return `${JSON.stringify(await ask())}\n${JSON.stringify(told)}\n${fleet.server.logTail(20)}`;
      },
    });
    return found(id);
  }

  test('the endpoint enrols, with a service, a container, a language package and a stranger’s package', async () => {
    member = await fleet.member({
      name: 'harbour',
      sources: { suites: ['bookworm'], vendors: [debian, vendor] },
      prepare: async (machine) => {
        await machine.shell(
          'apt-get -q update -o APT::Update::Error-Mode=any && DEBIAN_FRONTEND=noninteractive apt-get -q -y install lab-service lab-tool </dev/null',
        );
        await startContainer(machine, { 'lab-library': '1.0-r0' });
        await machine.write(
          '/srv/app/node_modules/lab-package/package.json',
          JSON.stringify({ name: 'lab-package', version: '1.2.3' }),
        );
      },
    });
    expect(await member.machine.shell('systemctl is-active lab-service nginx')).toBe('active\nactive\n');
  });

  test('the language package and the container’s package are in its manifest, and no link of the container is followed', async () => {
    const rows = await fleet.server.query<{ components: readonly unknown[] }>(
      'select m.components from manifest m join heartbeat h on h.manifest_sha256 = m.sha256 where h.endpoint_id = $1',
      [member.id],
    );
    expect(rows[0]?.components).toEqual([
      {
        purl: 'pkg:apk/alpine/lab-library@1.0-r0?arch=x86_64&distro=alpine-3.19.1',
        place: 'container',
        locations: ['box'],
      },
      { purl: 'pkg:npm/lab-package@1.2.3', place: 'host', locations: ['/srv/app/node_modules/lab-package'] },
    ]);
  });

  test('what an advisory fixes with a newer version is open, with how it is exposed and that it is exploited', async () => {
    const installed = await member.machine.shell(
      "dpkg-query --show --showformat '${source:Package} ${source:Version}\\n' nginx openssl",
    );
    const version = (source: string) =>
      installed
        .split('\n')
        .find((line) => line.startsWith(`${source} `))
        ?.split(' ')[1];
    advisories = [
      { id: 'DSA-9001-1', source: 'nginx', vulnerabilities: [IN_NGINX], fixed: `${version('nginx')}+lab1` },
      { id: 'DSA-9002-1', source: 'openssl', vulnerabilities: [FIXED_BEFORE], fixed: version('openssl') ?? '' },
      { id: 'DSA-9003-1', source: 'lab-service', vulnerabilities: [IN_SERVICE], fixed: '1.1-1' },
      { id: 'DSA-9004-1', source: 'lab-tool', vulnerabilities: [OF_A_NAMESAKE], fixed: '99-1' },
    ];
    feeds.writeDebianList(advisories);
    feeds.writeExploited([IN_NGINX]);
    feeds.writeAlpine('v3.19', 'main', { 'lab-library': { '1.0-r1': [IN_CONTAINER] } });
    feeds.writeAlpine('v3.19', 'community', { 'lab-other': { '1.0-r1': ['CVE-2026-99901'] } });
    for (const feed of ['debian-lists', 'kev', 'secdb-alpine']) await fleet.server.client.syncFeed(feed);
    const inNginx = await inState(
      IN_NGINX,
      'is open, exploited, and its process listens beyond loopback',
      (item) => item?.state === 'open' && item.kev && item.runtime === 'listens-beyond',
      RUNTIME_DEADLINE_MS,
    );
    expect(inNginx).toMatchObject({ source: 'nginx', fixState: 'fixed', fixedVersion: `${version('nginx')}+lab1` });
    await inState(IN_SERVICE, 'is open', (item) => item?.state === 'open');
  });

  test('what is fixed by the installed version, and what has the name of a stranger’s package, is not', async () => {
    expect(await found(FIXED_BEFORE)).toBeUndefined();
    expect(await found(OF_A_NAMESAKE)).toBeUndefined();
    const { gaps } = await ask();
    expect(gaps.filter(({ what }) => what.includes('lab-tool'))).not.toEqual([]);
  });

  test('by all lists that are served, it has what dpkg says is missing, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'thimble-status-'));
    try {
      const status = join(folder, 'status');
      writeFileSync(status, await member.machine.read('/var/lib/dpkg/status'));
      const fixes = feeds.lists.flatMap((list) => readList(list, 'bookworm'));
      // The stranger's package is not what Debian's advisory means; dpkg knows no origins.
      const expected = [...missingFixes(readStatus(status), fixes)].filter((each) => !each.startsWith('lab-tool '));
      const { items } = await ask();
      const ours = items
        .filter(({ id }) => id !== IN_CONTAINER)
        .map(({ id, source, package: name }) => `${source ?? name} ${id}`);
      process.stdout.write(`${fixes.length} fixes of bookworm are served; ${expected.length} are missing by dpkg\n`);
      expect([...new Set(ours)].sort()).toEqual(expected.sort());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a container’s package is held against its own distribution', async () => {
    const item = await inState(IN_CONTAINER, 'is open', (each) => each?.state === 'open');
    expect(item).toMatchObject({ package: 'lab-library', installed: '1.0-r0', fixedVersion: '1.0-r1' });
  });

  test('thimble explain gives the record, the rule and the two versions', () => {
    const text = execFileSync(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        join(import.meta.dirname, '..', '..', 'packages', 'cli', 'main.ts'),
        'explain',
        IN_SERVICE,
        'harbour',
        '--data',
        fleet.server.dataDirectory,
      ],
      { encoding: 'utf8' },
    );
    for (const word of ['DSA-9003-1', 'lab-service', '1.0-1', '1.1-1']) expect(text).toContain(word);
  });

  test('a fix that is installed and does not run yet is said to be so; after the restart it is closed', async () => {
    whileOpen = new Date().toISOString();
    await offer('1.1-1');
    const { client } = fleet.server;
    const planned = await planRun(fleet.server, [member.id], packages('lab-service'));
    const transactionDigests = planned.groups.map((group) => group.transactionDigest);
    await client.approveRun(planned.summary.id, { transactionDigests, restartServices: false });
    await waitForTargets(fleet.server, planned.summary.id);
    await inState(IN_SERVICE, 'waits for a restart', (item) => item?.state === 'installed-not-effective');
    await member.machine.shell('systemctl restart lab-service');
    await inState(IN_SERVICE, 'is closed', (item) => item === undefined || item.state === 'closed');
  });

  test('as of a moment before, it is open', async () => {
    expect(await found(IN_SERVICE, whileOpen)).toMatchObject({ state: 'open', installed: '1.0-1' });
  });

  test('a correction ends the attribution from now on, and what was said before stays', async () => {
    const before = new Date().toISOString();
    const [inNginx, ...others] = advisories;
    if (inNginx === undefined) throw new Error('there are advisories');
    // The fix had been backported into what is installed.
    feeds.writeDebianList([{ ...inNginx, fixed: inNginx.fixed.replace('+lab1', '') }, ...others]);
    await fleet.server.client.syncFeed('debian-lists');
    await inState(IN_NGINX, 'has ended', (item) => item === undefined || item.state === 'closed');
    expect(await found(IN_NGINX, before)).toMatchObject({ state: 'open' });
  });

  test('an advisory that is taken back ends likewise', async () => {
    feeds.writeDebianList(advisories);
    await fleet.server.client.syncFeed('debian-lists');
    await inState(IN_NGINX, 'is open again', (item) => item?.state === 'open');
    const before = new Date().toISOString();
    feeds.writeDebianList(advisories.slice(1));
    await fleet.server.client.syncFeed('debian-lists');
    await inState(IN_NGINX, 'has ended', (item) => item === undefined || item.state === 'closed');
    expect(await found(IN_NGINX, before)).toMatchObject({ state: 'open' });
  });
});
