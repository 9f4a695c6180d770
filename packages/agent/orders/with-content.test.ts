import { request as httpRequest } from 'node:http';
import type { ApplyTask, Driver, PlanResult, PlanTask, PreStageTask } from '@thimble/drivers';
import type { ContentSource, OrderBody, OutcomeResult, RefusalCode } from '@thimble/protocol';
import { transactionSha256 } from '@thimble/protocol/signing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Gateway } from '../content/gateway.ts';
import { SILENT } from '../log.ts';
import { runOnce } from '../run/once.ts';
import { makeBench, until, type Bench } from '../testing/agent-under-test.ts';
import { makeCertificates } from '../testing/certificates.ts';
import { startPlace, type TestPlace } from '../testing/content-place.ts';
import { fakeDriver, TRANSACTION } from '../testing/fake-driver.ts';
import { makeOrder, orderId, seal } from '../testing/orders.ts';
import { withContent } from './with-content.ts';

const certificate = makeCertificates().server;
const REVISION = '0199a5a0-0000-7000-8000-00000000000a';
const CONTENT: ContentSource = {
  snapshotId: '0199a5a0-0000-7000-8000-00000000000b',
  snapshotName: 'frozen',
  repositories: [
    {
      revisionId: REVISION,
      format: 'apt',
      uris: ['http://deb.example/debian'],
      suite: 'bookworm',
      components: ['main'],
      metadataPath: 'dists/bookworm/InRelease',
      metadataSha256: 'a'.repeat(64),
      date: null,
    },
  ],
};
const BLOCKS = [{ name: 'x', architecture: null, version: '1', reason: 'recalled' }];
const APPROVED = { transaction: TRANSACTION, transactionDigest: transactionSha256(TRANSACTION) };
const PRE_STAGE: OrderBody = {
  kind: 'pre-stage',
  ...APPROVED,
  content: CONTENT,
  blocks: BLOCKS,
  bytesPerSecond: 1_000_000,
};

describe('an order that names a snapshot', () => {
  let bench: Bench;
  let relay: TestPlace;
  beforeEach(async () => {
    [bench, relay] = await Promise.all([makeBench(), startPlace('relay', certificate, [])]);
    relay.files.set(`/content/revisions/${REVISION}/a.deb`, Buffer.alloc(5_000));
    bench.server.places.push(relay.place);
  });
  afterEach(async () => {
    await Promise.all([bench.clean(), relay.close()]);
  });

  const fetchBytes = (url: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const request = httpRequest(url, { agent: false }, (response) => {
        let bytes = 0;
        response.on('data', (part: Buffer) => {
          bytes += part.length;
        });
        response.on('end', () => resolve(bytes));
      });
      request.on('error', reject);
      request.end();
    });
  const outcomeOf = async (body: OrderBody, driver: Driver): Promise<OutcomeResult | undefined> => {
    bench.server.orders.push(seal(makeOrder(1, body), bench.server.orderKey));
    await runOnce(bench.options(driver));
    return bench.server.outcomes.get(orderId(1))?.result;
  };
  /** Fetches the one file as apt would, and remembers what the driver was given. */
  function fetching(): { readonly driver: Driver; readonly given: PlanTask[] } {
    const given: PlanTask[] = [];
    const preStage = async (task: PreStageTask) => {
      given.push(task);
      expect(await fetchBytes(`${task.content?.baseUrl}/revisions/${REVISION}/a.deb`)).toBe(5_000);
      return { kind: 'pre-staged' } as const;
    };
    const plan = async (task: PlanTask) => {
      given.push(task);
      return { kind: 'planned', ...APPROVED } as const;
    };
    return { driver: { ...fakeDriver(), preStage, plan }, given };
  }

  test('is worked on with a way to its content, which is gone afterwards', async () => {
    const { driver, given } = fetching();
    expect(await outcomeOf(PRE_STAGE, driver)).toEqual({
      kind: 'pre-staged',
      fetchedBytes: 5_000,
      fromRelayBytes: 5_000,
    });
    expect(given).toMatchObject([{ orderId: orderId(1), content: { source: CONTENT }, blocks: BLOCKS }]);
    await expect(fetchBytes(given[0]?.content?.baseUrl ?? '')).rejects.toThrow('ECONNREFUSED');
    expect(bench.server.log).toContain('POST /api/v1/agent/content');
  });

  describe('and whose content is spoilt', () => {
    let server: TestPlace;
    let said: string[];
    beforeEach(async () => {
      server = await startPlace('relay', certificate, []);
      server.files.set(`/content/revisions/${REVISION}/a.deb`, Buffer.alloc(5_000));
      // The server of content, whose certificate is pinned here like a relay's.
      bench.server.places.push({ ...server.place, kind: 'server', name: 'server' });
      said = [];
    });
    afterEach(() => server.close());

    const refusal = (code: RefusalCode) => ({
      kind: 'refused' as const,
      code,
      message: `a ${code}`,
      difference: null,
      logTail: [],
    });
    /** Fetches the one file at each try, and ends as told. */
    const trying = (ends: readonly (RefusalCode | 'planned')[]) => {
      const tried: PlanTask[] = [];
      const plan = async (task: PlanTask): Promise<PlanResult> => {
        await fetchBytes(`${task.content?.baseUrl}/revisions/${REVISION}/a.deb`);
        const end = ends[tried.push(task) - 1] ?? 'planned';
        return end === 'planned' ? { kind: 'planned', ...APPROVED } : refusal(end);
      };
      return { tried, driver: { ...fakeDriver(), plan } };
    };
    const planned = async (driver: Driver) => {
      const body: OrderBody = { kind: 'plan', selection: { kind: 'all' }, content: CONTENT };
      bench.server.orders.push(seal(makeOrder(1, body), bench.server.orderKey));
      const log = { ...SILENT, warn: (line: string) => void said.push(line) };
      await runOnce({ ...bench.options(driver), log });
      return bench.server.outcomes.get(orderId(1))?.result;
    };
    const asked = () => [relay.requests.length, server.requests.length];

    test('is prepared once more, anew and without the relay, which is doubted then', async () => {
      const { driver, tried } = trying(['digest-mismatch']);
      expect(await planned(driver)).toMatchObject({ kind: 'planned' });
      expect(tried.map(({ content }) => content?.anew ?? false)).toEqual([false, true]);
      expect(asked()).toEqual([1, 1]);
      expect(said).toEqual([
        expect.stringMatching(/once more without relays.*digest-mismatch/),
        expect.stringMatching(/not asked for content for an hour.*relay/),
      ]);
    });

    test.each([
      ['digest-mismatch', 2],
      ['index-not-verified', 2],
      ['snapshot-differs', 2],
      ['download-failed', 2],
      ['snapshot-unavailable', 2],
      ['blocked', 1],
      ['transaction-differs', 1],
      ['unsatisfiable', 1],
    ] as const)('%s: is prepared %s times', async (code, times) => {
      let tried = 0;
      const gateway: Gateway = {
        baseUrl: '',
        moreUrls: [],
        receivedBytes: { relay: 1, server: 0 },
        leaveRelaysOut: () => undefined,
        doubtRelays: () => ['relay'],
        close: () => Promise.resolve(),
      };
      const openGateway = () => Promise.resolve(gateway);
      const execution = { openGateway, log: SILENT, signal: new AbortController().signal, isCommitted: () => false };
      await withContent(CONTENT, null, execution, async (): Promise<PlanResult> => {
        tried += 1;
        return refusal(code);
      });
      expect(tried).toBe(times);
    });

    test('with the server too ends so, once and for all, and the relay is not to blame', async () => {
      const { driver, tried } = trying(['digest-mismatch', 'index-not-verified']);
      expect(await planned(driver)).toMatchObject({ kind: 'refused', code: 'index-not-verified' });
      expect(tried).toHaveLength(2);
      expect(said).toHaveLength(1);
    });

    test('while the server is away ends as it did with the relay', async () => {
      const { driver, tried } = trying(['digest-mismatch', 'snapshot-unavailable']);
      expect(await planned(driver)).toMatchObject({ kind: 'refused', code: 'digest-mismatch' });
      expect(tried).toHaveLength(2);
      expect(said).toHaveLength(1);
    });

    test('without a byte of a relay is not repeated', async () => {
      bench.server.places.shift();
      const { driver, tried } = trying(['digest-mismatch']);
      expect(await planned(driver)).toMatchObject({ kind: 'refused', code: 'digest-mismatch' });
      expect(tried).toHaveLength(1);
    });

    test('is never repeated after the point of no return', async () => {
      const applies: ApplyTask[] = [];
      const driver = fakeDriver(async (task) => {
        applies.push(task);
        await fetchBytes(`${task.content?.baseUrl}/revisions/${REVISION}/a.deb`);
        await task.pointOfNoReturn({
          orderId: task.orderId,
          startedAt: '2026-01-01T00:00:00.000Z',
          bootIdBefore: 'b',
          failedUnitsBefore: [],
          kept: [],
          rollbackGaps: [],
        });
        return refusal('digest-mismatch');
      });
      const body: OrderBody = { kind: 'apply', ...APPROVED, restartServices: true, content: CONTENT };
      expect(await outcomeOf(body, driver)).toMatchObject({ kind: 'refused', code: 'digest-mismatch' });
      expect(applies).toHaveLength(1);
    });
  });

  test('or none gives the driver just that: blocks hold for the own repositories too', async () => {
    const { driver, given } = fetching();
    await outcomeOf({ kind: 'plan', selection: { kind: 'all' }, blocks: BLOCKS }, driver);
    expect(given[0]?.blocks).toEqual(BLOCKS);
    expect(given[0]).not.toHaveProperty('content');
    expect(bench.server.log).not.toContain('POST /api/v1/agent/content');
  });

  test('closes the way to its content when the driver fails', async () => {
    const addresses: string[] = [];
    const plan = async (task: PlanTask): Promise<never> => {
      addresses.push(task.content?.baseUrl ?? '');
      throw new Error('a bug');
    };
    const body: OrderBody = { kind: 'plan', selection: { kind: 'all' }, content: CONTENT };
    expect(await outcomeOf(body, { ...fakeDriver(), plan })).toMatchObject({ kind: 'failed', code: 'internal' });
    await expect(fetchBytes(addresses[0] ?? '')).rejects.toThrow('ECONNREFUSED');
  });

  test('that fetches ahead ends when it is cancelled, and its way to content too', async () => {
    const { server } = bench;
    const addresses: string[] = [];
    const preStage = async (task: PreStageTask) => {
      addresses.push(task.content?.baseUrl ?? '');
      task.progress({ stage: 'downloading', percent: 0, message: 'fetching' });
      await until(() => task.signal.aborted);
      return { kind: 'cancelled', stage: 'downloading' } as const;
    };
    await bench.during({ ...fakeDriver(), preStage }, async () => {
      server.orders.push(seal(makeOrder(1, PRE_STAGE), server.orderKey));
      server.wake();
      await until(() => server.progress.length > 0);
      server.cancellations.push(orderId(1));
      server.wake();
      await until(() => server.outcomes.size === 1);
      server.orders.length = 0;
    });
    expect(server.outcomes.get(orderId(1))?.result).toEqual({ kind: 'cancelled', stage: 'downloading' });
    await expect(fetchBytes(addresses[0] ?? '')).rejects.toThrow('ECONNREFUSED');
  });

  test('fetches nothing ahead that is not what was approved', async () => {
    const { driver, given } = fetching();
    const result = await outcomeOf({ ...PRE_STAGE, transactionDigest: 'b'.repeat(64) }, driver);
    expect(result).toMatchObject({ kind: 'refused', code: 'digest-mismatch' });
    expect(given).toEqual([]);
  });
});
