import { createHash } from 'node:crypto';
import { createGpgHome } from '@thimble/content/testing';
import type { RepositoryProposal, RunDetail, SnapshotDetail } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { machineMirror } from '../apt-sources.ts';
import { labForTests } from '../availability.ts';
import { installAgent } from '../end-to-end/agent-package.ts';
import { changesInWords, dpkgState, versionDifference, type DpkgState } from '../end-to-end/dpkg-state.ts';
import { startFleet, type Fleet, type Member } from '../end-to-end/fleet.ts';
import { approveAll, targetOf, waitForState, waitForTargets } from '../end-to-end/runs.ts';
import { parsePackagesIndex } from '../mirror/packages-index.ts';
import { runOrThrow } from '../run.ts';
import {
  approveProposals,
  contentPath,
  digestOfOwnFiles,
  readContent,
  takeSnapshot,
  thimble,
  ticketFor,
  waitForPlans,
} from './testing/frozen-fleet.ts';
import { startInternetLine, type InternetLine } from './testing/internet-line.ts';

const SUITES = ['bookworm', 'bookworm-updates', 'bookworm-security'] as const;
const availability = labForTests('patching from a snapshot of Debian');

/** The repositories of this very machine: addresses and key are read from its own apt, and named nowhere here. */
function ownSources(): readonly string[] {
  const { archiveUrl, securityUrl, keyring } = machineMirror();
  const urlOf = (suite: string) => (suite.endsWith('-security') ? securityUrl : archiveUrl);
  return SUITES.map((suite) => `deb [signed-by=${keyring}] ${urlOf(suite)} ${suite} main`);
}

describe.skipIf(!availability.available)('patching from a snapshot of the machine’s own repositories', () => {
  const { keyring } = machineMirror();
  let line: InternetLine;
  let fleet: Fleet;
  let alpha: Member;
  let beta: Member;
  let snapshot: SnapshotDetail;
  let run: RunDetail;
  let before: DpkgState;
  let ownFiles: string;

  beforeAll(async () => {
    const settings: Record<string, string> = {};
    fleet = await startFleet({ tag: 'acquire: Debian', settings });
    line = await startInternetLine(fleet.lab.gateway);
    // The server has no other way out either.
    settings['content-proxy'] = line.url;
    await fleet.server.stop();
    await fleet.server.start();
    [alpha, beta] = await Promise.all([member('alpha'), member('beta')]);
    before = await dpkgState(alpha.machine);
    ownFiles = await digestOfOwnFiles(alpha.machine);
  });
  afterAll(async () => {
    await line?.cut();
    await fleet?.dispose();
  });

  async function member(name: string): Promise<Member> {
    return fleet.member({
      name,
      base: 'web',
      sources: { suites: [] },
      prepare: async (machine) => {
        await machine.useSources(ownSources());
        await machine.write('/etc/apt/apt.conf.d/99-way-out', `Acquire::http::Proxy "${line.url}";\n`);
        await installAgent(fleet.server, machine);
      },
    });
  }

  test('endpoints’ own repositories are proposed with the keys of their keyring, and added by their fingerprints', async () => {
    const bytes = Buffer.from(await alpha.machine.shell(`base64 ${keyring}`), 'base64');
    const listed = await runOrThrow(['gpg', '--batch', '--with-colons', '--show-keys'], { stdin: bytes });
    const fingerprints = new Set(
      [...listed.matchAll(/^pub:.*\n(?:rvk:.*\n)*fpr:+([0-9A-F]+):/gm)].map(([, each]) => each),
    );
    const added = await approveProposals(fleet.server, SUITES.length);
    const places = added.map(({ uris, suite }) => `${uris[0]?.replace(/\/$/, '')} ${suite} main`);
    expect(places.sort()).toEqual(
      ownSources()
        .map((each) => each.replace(/^deb \[.*?\] /, ''))
        .sort(),
    );
    for (const { keys } of added) {
      expect(keys.length).toBeGreaterThan(0);
      expect(keys.filter(({ fingerprint }) => !fingerprints.has(fingerprint))).toEqual([]);
    }
    expect((await fleet.server.client.proposals()).items).toEqual([] satisfies RepositoryProposal[]);
  });

  test('today’s state is frozen, with the vendor’s signed file byte for byte', async () => {
    const startedMs = performance.now();
    snapshot = await takeSnapshot(fleet.server, 'today');
    process.stdout.write(
      `frozen in ${Math.round(performance.now() - startedMs)} ms: ${snapshot.summary.packageCount} packages\n`,
    );
    expect(snapshot.revisions).toHaveLength(SUITES.length);
    const ticket = await ticketFor(fleet.server, snapshot);
    for (const { id, metadataPath, metadataSha256 } of snapshot.revisions) {
      const { body } = await readContent(fleet.server, contentPath(id, metadataPath), ticket);
      expect(createHash('sha256').update(body).digest('hex')).toBe(metadataSha256);
      // Throws when the vendor's signature is not there or does not hold.
      await runOrThrow(['gpgv', '--quiet', '--keyring', keyring], { stdin: body });
    }
  });

  test('both endpoints plan the same transaction, of versions that the frozen indexes have', async () => {
    await thimble(fleet.server, 'content', 'promote', 'today', '--to', 'canary');
    const wanted = ['--security', '--endpoints', 'all', '--channel', 'canary'];
    const created = JSON.parse(await thimble(fleet.server, 'runs', 'create', ...wanted, '--json')) as RunDetail;
    run = await waitForPlans(fleet.server, created.summary.id);
    expect(run.summary.content).toEqual({ snapshotId: snapshot.summary.id, snapshotName: 'today' });
    expect(run.groups.map(({ endpointIds }) => [...endpointIds].sort())).toEqual([[alpha.id, beta.id].sort()]);
    const changes = run.groups[0]?.transaction.changes ?? [];
    expect(changes.length).toBeGreaterThan(0);
    const ticket = await ticketFor(fleet.server, snapshot);
    const offered = new Set<string>();
    for (const { id, metadataPath } of snapshot.revisions) {
      const path = contentPath(id, metadataPath.replace(/InRelease$/, 'main/binary-amd64/Packages.xz'));
      const { status, body } = await readContent(fleet.server, path, ticket);
      expect(status).toBe(200);
      const index = await runOrThrow(['xz', '-dc'], { stdin: body });
      for (const { name, version } of parsePackagesIndex(index).values()) offered.add(`${name} ${version}`);
    }
    expect(changes.filter(({ name, to }) => !offered.has(`${name} ${to}`))).toEqual([]);
  });

  test('one endpoint upgrades; the same order is refused where the keyring has not the vendor’s key', async () => {
    const right = Buffer.from(await beta.machine.shell(`base64 ${keyring}`), 'base64');
    const gpg = createGpgHome();
    await beta.machine.write(keyring, gpg.exportKeys([gpg.createKey()]));
    gpg.close();
    const betaBefore = await dpkgState(beta.machine);
    await approveAll(fleet.server, run);
    run = await waitForTargets(fleet.server, run.summary.id);
    expect(targetOf(run, alpha.id)).toMatchObject({ state: 'effective' });
    expect(targetOf(run, beta.id)).toMatchObject({
      state: 'refused',
      outcome: { result: { kind: 'refused', code: 'index-not-verified' } },
    });
    const changes = run.groups.flatMap(({ transaction }) => transaction.changes);
    expect(versionDifference(before, await dpkgState(alpha.machine))).toEqual(changesInWords(changes));
    expect(versionDifference(betaBefore, await dpkgState(beta.machine))).toEqual([]);
    expect(await digestOfOwnFiles(alpha.machine)).toBe(ownFiles);
    await beta.machine.write(keyring, right);
  });

  test('the other one upgrades with the same transaction when the line is cut', async () => {
    const approved = run.groups[0]?.transactionDigest;
    await line.cut();
    await fleet.server.client.actOnRun(run.summary.id, 'retry', [beta.id]);
    // The plan is the approved one, so that nobody has to approve it again.
    const patched = await waitForState(fleet.server, run.summary.id, beta.id, 'effective');
    expect(patched.transactionDigest).toBe(approved);
    const [first, second] = await Promise.all([dpkgState(alpha.machine), dpkgState(beta.machine)]);
    expect([...second.versions]).toEqual([...first.versions]);
    expect([...second.statuses]).toEqual([...first.statuses]);
    expect(second.audit).toBe('');
  });

  test('each patch crossed the line once, for the server', () => {
    const patches = line.requests.filter(({ url }) => url.endsWith('.deb'));
    const urls = patches.map(({ url }) => url);
    expect(urls.length).toBeGreaterThan(0);
    expect(urls.filter((url, at) => urls.indexOf(url) !== at)).toEqual([]);
    expect(patches.filter(({ from }) => from !== fleet.lab.gateway)).toEqual([]);
  });
});
