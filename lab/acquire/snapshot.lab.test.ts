import { createHash } from 'node:crypto';
import {
  inverseTransaction,
  type ContentSource,
  type OrderBody,
  type OutcomeResult,
  type Selection,
  type Transaction,
} from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  createLab,
  createVendorRepository,
  labForTests,
  startMirror,
  type Endpoint,
  type Lab,
  type Mirror,
  type VendorPackage,
  type VendorRepository,
  LAB_HOST,
} from '../index.ts';
import { startContentSite, TICKET, type ContentSite } from './testing/content-site.ts';
import { freeze, type FrozenRepository } from './testing/frozen-content.ts';
import { AGENT_STATE, enrolAgent, installAgent, runAgentOnce } from './testing/install-agent.ts';
import { serveOrders, type OrderServer } from './testing/order-server.ts';

const availability = labForTests('an endpoint that installs from a snapshot');
const SUITE = 'bookworm-security';
/** Waits until the test lets it go on, at most a minute. */
const WAITING =
  'touch /run/script-waits; n=0; while [ ! -e /run/go-on ] && [ $n -lt 600 ]; do sleep 0.1; n=$((n+1)); done';
const SLOW: VendorPackage = { name: 'slow', version: '2', scripts: { postinst: WAITING } };
const tool = (version: string): VendorPackage => ({ name: 'tool', version });

describe.skipIf(!availability.available)('an endpoint that installs from a snapshot', () => {
  const revisions = new Map<string, FrozenRepository>();
  let lab: Lab;
  let mirror: Mirror;
  let vendor: VendorRepository;
  let other: VendorRepository;
  let endpoint: Endpoint;
  let site: ContentSite;
  let relay: ContentSite;
  let server: OrderServer;
  let snapshot: ContentSource;
  let ownFiles: string;

  beforeAll(async () => {
    lab = await createLab({ tag: 'acquire: snapshot' });
    mirror = await startMirror({ host: lab.gateway, suites: [SUITE] });
    vendor = await createVendorRepository('vendor', mirror);
    other = await createVendorRepository('other', mirror);
    [endpoint, site, relay] = await Promise.all([
      lab.endpoint({ name: 'acquire', base: 'web' }),
      startContentSite('server', lab.gateway, revisions),
      startContentSite('relay', lab.gateway, revisions),
    ]);
    server = serveOrders(site);
    await installAgent(endpoint);
    await endpoint.boot();
    await enrolAgent(endpoint, server);
    await vendor.publish({ packages: [tool('1'), { name: 'slow', version: '1' }] });
    await other.publish({ packages: [{ name: 'aside', version: '1' }] });
    await endpoint.useMirror(mirror, { suites: [SUITE], vendors: [vendor, other] });
    // A vendor has a host of its own.
    await endpoint.shell(
      `sed -i '/vendor.vendor/s/${new URL(mirror.url).hostname}/${LAB_HOST}/' $(find /etc/apt/sources.list* -type f)`,
    );
    await endpoint.shell('apt-get -q update >/dev/null; apt-get -q -y install tool slow aside </dev/null', {
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
    // The moment that is frozen: long over for the vendor, who goes on afterwards.
    const [date, validUntil] = [new Date('2026-01-02T00:00:00Z'), new Date('2026-01-09T00:00:00Z')];
    await vendor.publish({ packages: [tool('2'), tool('1'), SLOW], release: { date, validUntil } });
    await other.publish({ packages: [{ name: 'aside', version: '2' }] });
    snapshot = await take('frozen', ['vendor/vendor', 'stable', vendorUrl()], debian());
    await vendor.publish({ packages: [tool('3'), tool('2'), tool('1')] });
    ownFiles = await digestOfOwnFiles();
  });
  afterAll(async () => {
    await Promise.all([site?.close(), relay?.close(), mirror?.stop()]);
    await vendor?.dispose();
    await other?.dispose();
    await lab?.destroy();
  });

  const debian = (): readonly [string, string] => [
    `snapshots/${mirror.snapshot.id}/${mirror.snapshot.archiveOf(SUITE)}`,
    SUITE,
  ];

  const vendorUrl = () => mirror.url.replace(new URL(mirror.url).hostname, LAB_HOST);

  async function take(
    name: string,
    ...places: readonly (readonly [string, string, string?])[]
  ): Promise<ContentSource> {
    const frozen: FrozenRepository[] = [];
    for (const place of places) frozen.push(await freeze(mirror, ...place));
    for (const each of frozen) revisions.set(each.repository.revisionId, each);
    const snapshotId = crypto.randomUUID();
    return { snapshotId, snapshotName: name, repositories: frozen.map(({ repository }) => repository) };
  }

  /** apt's configuration, keyrings and lists: what an order must leave as it is. */
  const digestOfOwnFiles = () =>
    endpoint.shell(
      'find /etc/apt /usr/share/keyrings /var/lib/apt/lists /var/cache/apt -type f ! -name lock | sort | xargs sha256sum | sha256sum',
    );
  const version = async (name: string) => (await endpoint.exec(['dpkg-query', '-W', '-f', '${Version}', name])).stdout;
  /** In one life of the agent, one after another. */
  const orders = async (...bodies: readonly OrderBody[]): Promise<readonly OutcomeResult[]> => {
    const ids = bodies.map((body) => server.give(body));
    await runAgentOnce(endpoint);
    return ids.map((id) => server.outcome(id));
  };
  const order = async (body: OrderBody): Promise<OutcomeResult> => {
    const [result] = await orders(body);
    if (result === undefined) throw new Error('the order has no outcome');
    return result;
  };
  const packages = (...names: readonly string[]): Selection => ({
    kind: 'packages',
    packages: names.map((name) => ({ name })),
  });
  const planOf = (selection: Selection, more: Partial<Extract<OrderBody, { kind: 'plan' }>> = {}): OrderBody => ({
    kind: 'plan',
    selection,
    content: snapshot,
    ...more,
  });
  const plan = (...given: Parameters<typeof planOf>) => order(planOf(...given));
  const planned = (result: OutcomeResult | undefined): Transaction => {
    expect(result).toMatchObject({ kind: 'planned' });
    return (result as Extract<OutcomeResult, { kind: 'planned' }>).transaction;
  };
  const onlyOf = (transaction: Transaction, ...names: readonly string[]): Transaction => {
    const changes = transaction.changes.filter(({ name }) => names.includes(name));
    return { ...transaction, changes, downloadBytes: changes.reduce((sum, each) => sum + each.downloadBytes, 0) };
  };
  const withDigest = (transaction: Transaction) => ({ transaction, transactionDigest: transactionSha256(transaction) });

  let whole: Transaction;

  test("plans the frozen state with the vendor's signatures, not the newer one, and says what is no part of it", async () => {
    whole = planned(await plan({ kind: 'all' }));
    const tools = whole.changes.filter((change) => change.name === 'tool');
    expect(tools).toMatchObject([{ action: 'upgrade', from: '1', to: '2' }]);
    const genuine = await mirror.snapshot.packages(SUITE);
    const openssl = whole.changes.find((change) => change.name === 'openssl');
    expect(openssl).toMatchObject({ to: genuine.get('openssl')?.version, security: true });
    expect(whole.content).toEqual({ snapshotId: snapshot.snapshotId });
    expect(whole.indexes).toEqual(
      expect.arrayContaining(
        snapshot.repositories.map(({ uris, suite, metadataSha256 }) =>
          expect.objectContaining({ uri: uris[0], suite, sha256: metadataSha256 }),
        ),
      ),
    );
    expect(whole.indexes).toHaveLength(2);
    const left = whole.excluded.filter(({ why }) => why.includes('is not part of snapshot frozen'));
    expect(left.map(({ name }) => name)).toEqual([`${new URL(mirror.url).host}/vendor/other`]);
    expect(JSON.stringify(whole)).not.toContain('127.0.0.1');
    expect(await digestOfOwnFiles()).toBe(ownFiles);
  });

  test('reports its repositories as apt itself has them, with the keys that vouch for them', async () => {
    const told = server.repositories();
    const targets = await endpoint.shell(
      "apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | sort -u",
    );
    const ours = told?.repositories.flatMap(({ uris, suite, components }) =>
      components.map((component) => `${uris[0]?.replace(/\/*$/, '/')} ${suite} ${component}`),
    );
    expect([...new Set(ours)].sort()).toEqual(targets.trim().split('\n'));
    expect(told?.gaps).toEqual([]);
    for (const each of told?.keyrings ?? []) {
      const bytes = Buffer.from(each.material, 'base64');
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(each.sha256);
      expect(await endpoint.shell(`sha256sum < ${each.path}`)).toContain(each.sha256);
    }
    const known = new Set(told?.keyrings.map(({ sha256 }) => sha256));
    for (const each of told?.repositories ?? [])
      expect(each.keyrings.filter((digest) => known.has(digest))).not.toEqual([]);
  });

  test('refuses what is not the very state of the order, and a snapshot that has nothing of this endpoint', async () => {
    const [first, ...rest] = snapshot.repositories;
    if (first === undefined) throw new Error('nothing was frozen');
    const metadataSha256 = createHash('sha256').update('another state').digest('hex');
    const wrong = { ...snapshot, repositories: [{ ...first, metadataSha256 }, ...rest] };
    const foreign = { ...snapshot, repositories: [{ ...first, suite: 'unstable' }] };
    const [differs, nothing] = await orders(
      planOf({ kind: 'all' }, { content: wrong }),
      planOf({ kind: 'all' }, { content: foreign }),
    );
    const place = `${first.uris[0]?.replace(/\/$/, '')} ${first.suite}`;
    expect(differs).toMatchObject({
      kind: 'refused',
      code: 'snapshot-differs',
      message: expect.stringContaining(`${place} is not the one of the order`),
    });
    expect(nothing).toMatchObject({ kind: 'refused', code: 'unsupported' });
    expect(await digestOfOwnFiles()).toBe(ownFiles);
  });

  test('takes the way to the gateway whatever proxies are configured, and tells nobody the ticket', async () => {
    const settings = '/etc/apt/apt.conf.d/99-proxy';
    await endpoint.write(
      settings,
      'Acquire::http::Proxy "http://192.0.2.1:9";\nAcquire::https::Proxy "http://192.0.2.1:9";\nAcquire::http::Proxy-Auto-Detect "/usr/bin/false";\n',
    );
    try {
      planned(await plan(packages('tool')));
    } finally {
      await endpoint.shell(`rm ${settings}`);
    }
    const readable = await endpoint.shell(
      `grep -rl '${TICKET}' /var/lib /var/log /tmp /run --include='*' 2>/dev/null | xargs -r stat -c '%a %n'`,
    );
    expect(readable.trim()).toBe(`600 ${AGENT_STATE}/documents/content-access`);
  });

  test('a blocked version is no candidate, whatever the endpoint prefers, and no order installs it', async () => {
    const blocks = [{ name: 'tool', architecture: null, version: '2', reason: 'it loses data' }];
    const preferences = '/etc/apt/preferences.d/tool';
    await endpoint.write(
      preferences,
      `Package: tool\nPin: version 2\nPin-Priority: 1001\n\nPackage: slow\nPin: origin "${LAB_HOST}"\nPin-Priority: -1\n`,
    );
    const approved = withDigest(onlyOf(whole, 'tool'));
    const common = { ...approved, content: snapshot, blocks };
    const newer = [{ name: 'tool', architecture: null, version: '3', reason: 'recalled' }];
    try {
      const [none, applied, staged, next] = await orders(
        planOf(packages('tool', 'slow', 'openssl'), { blocks }),
        { kind: 'apply', ...common, restartServices: false },
        { kind: 'pre-stage', ...common, bytesPerSecond: null },
        { kind: 'plan', selection: packages('tool'), blocks: newer },
      );
      const without = planned(none);
      // Its administrator shuns the vendor's host for one package, and no other host.
      expect(whole.changes.map(({ name }) => name)).toContain('slow');
      expect([...new Set(without.changes.map(({ source }) => source))]).toEqual(['openssl']);
      expect(without.excluded).toContainEqual({
        name: 'tool',
        architecture: 'all',
        why: '2 is blocked: it loses data',
      });
      for (const each of [applied, staged]) expect(each).toMatchObject({ kind: 'refused', code: 'blocked' });
      // Of its own repositories, the next one that is not blocked.
      const instead = planned(next);
      expect(instead.changes).toMatchObject([{ name: 'tool', from: '1', to: '2' }]);
      expect(instead.content).toBeUndefined();
      expect(instead.excluded).toContainEqual({ name: 'tool', architecture: 'all', why: '3 is blocked: recalled' });
      expect(await version('tool')).toBe('1');
    } finally {
      await endpoint.shell(`rm ${preferences}`);
    }
  });

  test('fetches everything ahead from the relay, and installs it when nobody is there any more', async () => {
    server.places = [relay.place, site.place];
    await endpoint.shell(`rm ${AGENT_STATE}/documents/content-access`);
    const transaction = onlyOf(whole, 'tool', 'openssl', 'libssl3');
    const approved = withDigest(transaction);
    const staged = await order({ kind: 'pre-stage', ...approved, content: snapshot, bytesPerSecond: 20_000_000 });
    expect(staged).toMatchObject({ kind: 'pre-staged' });
    if (staged.kind !== 'pre-staged') return;
    expect(staged.fetchedBytes).toBeGreaterThanOrEqual(transaction.downloadBytes);
    expect(staged.fromRelayBytes).toBe(staged.fetchedBytes);
    expect(await version('tool')).toBe('1');

    await Promise.all([relay.close(), mirror.stop()]);
    site.isAway = true;
    try {
      const body = { kind: 'apply', ...approved, restartServices: false, content: snapshot } as const;
      const id = server.give(body);
      await runAgentOnce(endpoint);
      const applied = server.outcome(id);
      expect(applied).toMatchObject({
        kind: 'applied',
        verification: { wrongVersions: [], brokenPackages: [] },
        kept: expect.arrayContaining([expect.objectContaining({ name: 'tool', version: '1' })]),
      });
      expect(await version('tool')).toBe('2');
      expect(site.requests.filter(({ path }) => path.endsWith('.deb'))).toEqual([]);
      expect(await digestOfOwnFiles()).toBe(ownFiles);

      const kept = applied.kind === 'applied' ? applied.kept : [];
      const back = inverseTransaction(onlyOf(transaction, 'tool'), kept);
      const undone = await order({
        kind: 'rollback',
        undoes: id,
        ...withDigest(back.transaction),
        restartServices: false,
      });
      expect(undone).toMatchObject({ kind: 'applied' });
      expect(await version('tool')).toBe('1');
    } finally {
      await mirror.start();
      site.isAway = false;
    }
  });

  test('goes on after a crash with what was fetched, though nobody is there', async () => {
    const body = {
      kind: 'apply',
      ...withDigest(onlyOf(whole, 'slow')),
      restartServices: false,
      content: snapshot,
    } as const;
    const id = server.give(body);
    const died = expect(runAgentOnce(endpoint)).rejects.toThrow('agent check-in ended');
    await endpoint.shell('until [ -e /run/script-waits ]; do sleep 0.1; done', { timeoutMs: 60_000 });
    // Brackets, so that the pattern does not find the shell that has it.
    await endpoint.shell("pkill -9 -f '[a]pt-get|/usr/bin/[d]pkg|node-of-the-[t]est|slow.[p]ostinst'");
    await died;
    site.isAway = true;
    try {
      await endpoint.shell('touch /run/go-on');
      await runAgentOnce(endpoint);
      const verification = { wrongVersions: [], brokenPackages: [] };
      expect(server.outcome(id)).toMatchObject({ kind: 'applied', resumed: true, verification });
      expect(await version('slow')).toBe('2');
    } finally {
      site.isAway = false;
    }
  });

  test('refuses while neither relay nor server gives what was never fetched', async () => {
    site.isAway = true;
    try {
      const another = { ...snapshot, snapshotId: crypto.randomUUID(), snapshotName: 'another' };
      const result = await plan(packages('tool'), { content: another });
      expect(result).toMatchObject({ kind: 'refused', code: 'snapshot-unavailable' });
      expect(JSON.stringify(result)).not.toMatch(/127\.0\.0\.1|[0-9a-f]{32}\//);
    } finally {
      site.isAway = false;
    }
  });

  test('refuses an entry for which the administrator wants no signature', async () => {
    const list = await endpoint.shell(
      'grep -l vendor/vendor /etc/apt/sources.list /etc/apt/sources.list.d/* | head -1',
    );
    const path = list.trim();
    const before = await endpoint.shell(`cat ${path}`);
    await endpoint.shell(`sed -i 's/\\[signed-by=/[trusted=yes signed-by=/' ${path}`);
    try {
      expect(await plan(packages('tool'))).toMatchObject({ kind: 'refused', code: 'index-not-verified' });
      const trust = new Set(server.repositories()?.repositories.map((each) => each.trust));
      expect(trust).toContain('unsigned');
    } finally {
      await endpoint.write(path, before);
    }
  });
});
