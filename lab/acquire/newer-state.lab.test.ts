import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGpgHome } from '@thimble/content/testing';
import type { BlockSummary, RunDetail, SnapshotDetail } from '@thimble/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labForTests } from '../availability.ts';
import { installAgent } from '../end-to-end/agent-package.ts';
import { startFleet, type Fleet, type Member } from '../end-to-end/fleet.ts';
import { approveAll, packages, targetOf, waitForRun, waitForState } from '../end-to-end/runs.ts';
import { waitFor } from '../end-to-end/wait-for.ts';
import type { VendorPackage } from '../vendor/deb-package.ts';
import { createVendorRepository, type VendorRepository } from '../vendor/vendor-repository.ts';
import {
  approveProposals,
  contentPath,
  digestOfOwnFiles,
  missing,
  nameMirrorByNumber,
  planFrom,
  readContent,
  takeSnapshot,
  thimble,
  ticketFor,
} from './testing/frozen-fleet.ts';

const availability = labForTests('old snapshots while upstream goes on');
/** On a slow line, long enough for somebody to recall it meanwhile. */
const BALLAST_BYTES = 1_200_000;
const SLOW_BYTES_PER_SECOND = 100_000;
const tool = (version: string, ballastBytes = 0): VendorPackage => ({ name: 'tool', version, ballastBytes });
const FIRST = tool('1');
const SECOND = tool('2', BALLAST_BYTES);
const TOOL = packages('tool');

/** One test follows on another: what upstream does, and what people do about it. */
describe.skipIf(!availability.available)('old snapshots while upstream goes on', () => {
  let fleet: Fleet;
  let vendor: VendorRepository;
  let alpha: Member;
  let beta: Member;
  let before: SnapshotDetail;
  let after: SnapshotDetail;
  let ticket: string;
  let firstIndex: Buffer;
  const upstream = { first: 0, second: 0 };

  beforeAll(async () => {
    fleet = await startFleet({ tag: 'acquire: newer state' });
    vendor = await createVendorRepository('vendor', fleet.mirror);
    await vendor.publish({ packages: [tool('0')] });
    [alpha, beta] = await Promise.all([member('alpha'), member('beta')]);
    upstream.first = await vendor.publish({ packages: [FIRST] });
    firstIndex = await upstreamIndex();
    await approveProposals(fleet.server, 1);
    before = await takeSnapshot(fleet.server, 'before');
    ticket = await ticketFor(fleet.server, before);
  });
  afterAll(async () => {
    await vendor?.dispose();
    await fleet?.dispose();
  });

  async function member(name: string): Promise<Member> {
    return fleet.member({
      name,
      base: 'web',
      sources: { suites: [], vendors: [vendor] },
      prepare: async (machine) => {
        await nameMirrorByNumber(fleet, machine);
        await installAgent(fleet.server, machine);
        await machine.shell('apt-get -q update >/dev/null; apt-get -q -y install tool </dev/null', {
          env: { DEBIAN_FRONTEND: 'noninteractive' },
        });
      },
    });
  }

  const upstreamIndex = async (): Promise<Buffer> => {
    const url = `${fleet.mirror.loopbackUrl}/vendor/vendor/dists/stable/main/binary-amd64/Packages.gz`;
    return Buffer.from(await (await fetch(url)).arrayBuffer());
  };
  const revisionOf = (snapshot: SnapshotDetail) => snapshot.revisions[0] ?? missing('the revision');
  const served = async (snapshot: SnapshotDetail, path: string): Promise<Buffer> => {
    const { status, body } = await readContent(
      fleet.server,
      contentPath(revisionOf(snapshot).id, `dists/stable/${path}`),
      ticket,
    );
    expect(status).toBe(200);
    return body;
  };
  const planned = (run: RunDetail) => run.groups.flatMap(({ transaction }) => transaction.changes);
  const version = async ({ machine }: Member) =>
    (await machine.exec(['dpkg-query', '-W', '-f', '${Version}', 'tool'])).stdout;
  const fault = async () => (await fleet.server.client.repositories()).items[0]?.fault?.code;
  const block = async (): Promise<BlockSummary> =>
    JSON.parse(await thimble(fleet.server, 'content', 'block', 'tool', '2', '--reason', 'it loses data', '--json'));
  const lift = async () => {
    for (const { id, liftedAt } of (await fleet.server.client.blocks()).items)
      if (liftedAt === null) await fleet.server.client.liftBlock(id);
  };

  test('the vendor publishes version 2: the old snapshot serves the old state, byte for byte, the new one the new state', async () => {
    upstream.second = await vendor.publish({ packages: [SECOND, FIRST] });
    after = await takeSnapshot(fleet.server, 'after');
    expect(revisionOf(after).id).not.toBe(revisionOf(before).id);
    expect((await served(before, 'InRelease')).toString()).toBe(vendor.inRelease(upstream.first));
    expect((await served(before, 'main/binary-amd64/Packages.gz')).equals(firstIndex)).toBe(true);
    expect((await served(after, 'InRelease')).toString()).toBe(vendor.inRelease(upstream.second));
    expect((await served(after, 'main/binary-amd64/Packages.gz')).equals(await upstreamIndex())).toBe(true);
    const difference = JSON.parse(
      await thimble(fleet.server, 'content', 'diff', 'after', '--from', 'before', '--json'),
    ) as { items: readonly unknown[]; fleet: unknown };
    expect(difference.items).toEqual([
      expect.objectContaining({ name: 'tool', from: '1', to: '2', endpointCount: 2, blocked: false }),
    ]);
  });

  test('a run plans what its snapshot has, whatever upstream has now', async () => {
    const own = await digestOfOwnFiles(alpha.machine);
    const old = await planFrom(fleet.server, before, [alpha.id], TOOL);
    expect(planned(old)).toMatchObject([{ name: 'tool', from: '0', to: '1' }]);
    const fresh = await planFrom(fleet.server, after, [alpha.id], TOOL);
    expect(planned(fresh)).toMatchObject([{ name: 'tool', from: '0', to: '2' }]);
    const oldAgain = await planFrom(fleet.server, before, [alpha.id], TOOL);
    expect(planned(oldAgain)).toMatchObject([{ name: 'tool', from: '0', to: '1' }]);
    expect(await digestOfOwnFiles(alpha.machine)).toBe(own);
  });

  test('an index that is served again is rolled-back, one signed by another key unknown-key; the last good state stays', async () => {
    vendor.replay(upstream.first);
    await expect(takeSnapshot(fleet.server, 'replayed')).rejects.toThrow('shows an old state');
    expect(await fault()).toBe('rolled-back');
    vendor.replay(upstream.second);
    const text = vendor.inRelease().split('\n\n').slice(1).join('\n\n').split('-----BEGIN PGP SIGNATURE')[0] ?? '';
    const forged = signedByAnother(text);
    const end = fleet.mirror.fault({ kind: 'replace', match: /InRelease$/, body: () => forged });
    try {
      await expect(takeSnapshot(fleet.server, 'forged')).rejects.toThrow('repository-failing');
      expect(await fault()).toBe('unknown-key');
      const last = await takeSnapshot(fleet.server, 'last good', '--failing', 'last-good');
      expect(revisionOf(last).id).toBe(revisionOf(after).id);
      expect((await served(after, 'InRelease')).toString()).toBe(vendor.inRelease(upstream.second));
    } finally {
      end();
    }
    await takeSnapshot(fleet.server, 'honest again');
    expect(await fault()).toBeUndefined();
  });

  test('a recalled version stops the order that fetches it, and is installed when the recall is lifted', async () => {
    fleet.mirror.fault({ kind: 'throttle', bytesPerSecond: SLOW_BYTES_PER_SECOND, match: /tool_2/, times: 1 });
    const run = await approveAll(fleet.server, await planFrom(fleet.server, after, [alpha.id], TOOL));
    await waitForRun(fleet.server, run.summary.id, 'it is fetched', (each) => {
      const { state, stage } = targetOf(each, alpha.id);
      return state === 'working' && stage === 'downloading';
    });
    const made = await block();
    expect(made).toMatchObject({ packages: ['tool'], stoppedOrders: 1, tooLateOrders: 0, installedCount: 0 });
    const stopped = await waitForState(fleet.server, run.summary.id, alpha.id, 'cancelled');
    expect(stopped.explanation).toContain('recalled');
    expect(await version(alpha)).toBe('0');
    await lift();
    const again = await approveAll(fleet.server, await planFrom(fleet.server, after, [alpha.id], TOOL));
    await waitForState(fleet.server, again.summary.id, alpha.id, 'effective');
    expect(await version(alpha)).toBe('2');
  });

  test('a recalled version is served to nobody and planned nowhere, and who has it already is named', async () => {
    const path = contentPath(revisionOf(after).id, 'pool/tool_2_all.deb');
    expect((await readContent(fleet.server, path, ticket)).status).toBe(200);
    await block();
    expect((await readContent(fleet.server, path, ticket)).status).toBe(451);
    const run = await planFrom(fleet.server, after, [beta.id], TOOL);
    expect(planned(run)).toMatchObject([{ name: 'tool', from: '0', to: '1' }]);
    const excluded = run.groups.flatMap(({ transaction }) => transaction.excluded);
    expect(excluded).toContainEqual(
      expect.objectContaining({ name: 'tool', why: expect.stringContaining('2 is blocked: it loses data') }),
    );
    await waitFor('alpha is named', async () => {
      const items = (await fleet.server.client.blocks()).items.filter(({ liftedAt }) => liftedAt === null);
      return items[0]?.installedOn.some(({ hostname }) => hostname === 'alpha');
    });
    await lift();
    expect((await readContent(fleet.server, path, ticket)).status).toBe(200);
    expect(planned(await planFrom(fleet.server, after, [beta.id], TOOL))).toMatchObject([{ from: '0', to: '2' }]);
  });

  test('an endpoint installs nothing when the store of the server gives other metadata than the order says', async () => {
    const third = await vendor.publish({ packages: [tool('3'), SECOND] });
    const newest = await takeSnapshot(fleet.server, 'newest');
    // The same packages, validly signed a moment later: a state that nobody approved.
    await vendor.publish({ packages: [tool('3'), SECOND] });
    const anotherState = Buffer.from(vendor.inRelease());
    const genuine = Buffer.from(vendor.inRelease(third));
    const damaged = Buffer.from(genuine.toString().replace('Label: Lab Vendor', 'Label: Lab vendor'));
    const { metadataSha256: digest } = revisionOf(newest);
    expect(createHash('sha256').update(genuine).digest('hex')).toBe(digest);
    const object = join(fleet.server.dataDirectory, 'content/objects', digest.slice(0, 2), digest.slice(2));
    expect(readFileSync(object).equals(genuine)).toBe(true);
    for (const [bytes, code] of [
      [damaged, 'index-not-verified'],
      [anotherState, 'snapshot-differs'],
    ] as const) {
      await withObject(object, bytes);
      const { targets } = await planFrom(fleet.server, newest, [beta.id], TOOL);
      expect(targets).toMatchObject([{ state: 'plan-failed', outcome: { result: { kind: 'refused', code } } }]);
    }
    await withObject(object, genuine);
    const run = await approveAll(fleet.server, await planFrom(fleet.server, newest, [beta.id], TOOL));
    expect(await version(beta)).toBe('0');
    await waitForState(fleet.server, run.summary.id, beta.id, 'effective');
    expect(await version(beta)).toBe('3');
  });

  /** As somebody who got into the server would: what it keeps in memory is gone too. */
  async function withObject(path: string, bytes: Uint8Array): Promise<void> {
    await fleet.server.stop();
    writeFileSync(path, bytes);
    await fleet.server.start();
  }
});

/** Clearsigned by a key that nobody approved. */
function signedByAnother(text: string): Uint8Array {
  const gpg = createGpgHome();
  try {
    return gpg.sign(text, { by: [gpg.createKey()], kind: 'clearsigned' });
  } finally {
    gpg.close();
  }
}
