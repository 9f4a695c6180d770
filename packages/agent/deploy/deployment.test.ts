import { createRecordedHost, type Host } from '@thimble/drivers';
import type { DeployRules, Order, OutcomeResult } from '@thimble/protocol';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SILENT } from '../log.ts';
import { executeOrder } from '../orders/execute.ts';
import { fakeDriver } from '../testing/fake-driver.ts';
import { APPLY, makeOrder, orderId } from '../testing/orders.ts';
import { makeWorld, type Fate } from '../testing/simulation.ts';

const RULES: DeployRules = { before: ['drain'], after: ['undrain'], fileSystemSnapshot: 'none', checks: [] };
const ACTIVE = {
  generation: 1,
  kind: 'apply',
  startedAt: '2026-01-01T00:00:00.000Z',
  stage: 'accepted',
  starts: 1,
  checkpoint: null,
  reboot: null,
} as const;
const NOBODY_LISTENS = '  sl  local_address rem_address\n';
const MAX_BOOTS = 80;

interface Endpoint {
  /** Whether its nth command succeeds; missing: it does. */
  readonly succeeds?: readonly boolean[];
  readonly files?: Readonly<Record<string, string>>;
  /** What other commands print, by their name. */
  readonly prints?: Readonly<Record<string, string>>;
}

/** A machine with an allow-list, and what ran on it in order. */
function makeMachine({ succeeds = [], files = {}, prints = {} }: Endpoint = {}) {
  const ran: string[] = [];
  const host = createRecordedHost({
    files: {
      '/proc/1/net/tcp': NOBODY_LISTENS,
      '/proc/1/net/udp': NOBODY_LISTENS,
      '/etc/thimble/steps.d/drain': '',
      '/etc/thimble/steps.d/undrain': '',
      '/etc/thimble/checks.d/well': '',
      ...files,
    },
    detached: ({ argv, env }) => {
      const printed = prints[argv[0] ?? ''];
      if (printed !== undefined) return { exitCode: 0, output: printed };
      ran.push(`${argv[0]?.split('/').at(-1)} ${env?.['THIMBLE_PHASE']}`);
      const isFine = succeeds[ran.length - 1] ?? true;
      return { exitCode: isFine ? 0 : 1, output: isFine ? 'fine\n' : 'first\nit is broken\n' };
    },
  });
  return { host, ran };
}

const applying = (rules: Partial<DeployRules> = {}): Partial<Order> => ({
  body: { ...APPLY, ...(APPLY.kind === 'apply' ? { deploy: { ...RULES, ...rules } } : {}) },
});

async function deploy(rules: Partial<DeployRules>, endpoint: Endpoint = {}, change: Partial<Order> = {}) {
  const { host, ran } = makeMachine(endpoint);
  const world = makeWorld([{ ...applying(rules), ...change }], [], host);
  await world.live(2);
  const result: OutcomeResult | undefined = world.outcomes.get(orderId(1))?.[0]?.result;
  return { result, ran, installed: world.installed.length, files: host.files };
}

describe('around an installation', () => {
  test('steps before, the installation, health checks, steps after, in this order; all of it is told', async () => {
    const { result, ran, installed, files } = await deploy({ checks: [{ command: 'well' }] });
    expect(ran).toEqual(['drain before', 'well after', 'undrain after']);
    expect(installed).toBe(1);
    expect(result).toMatchObject({
      kind: 'applied',
      deploy: {
        fileSystemSnapshot: null,
        steps: [
          { name: 'step drain', passed: true, message: 'fine' },
          { name: 'step undrain (after)', passed: true },
        ],
        checks: [{ name: 'command well', passed: true }],
        lostListeners: [],
      },
    });
    expect([...files.keys()].filter((path) => path.startsWith('/d/'))).toEqual([]);
  });

  test('a step before that fails ends it with nothing installed, and the steps after run', async () => {
    const { result, ran, installed } = await deploy({ before: ['drain', 'undrain'] }, { succeeds: [false] });
    expect(result).toMatchObject({
      kind: 'refused',
      code: 'step-failed',
      message: 'step drain failed before the installation',
      logTail: ['it ended with status 1', 'first', 'it is broken'],
    });
    expect(ran).toEqual(['drain before', 'undrain after']);
    expect(installed).toBe(0);
  });

  test('a step after that fails too is told, and the next one runs', async () => {
    const { result, ran } = await deploy({ after: ['drain', 'undrain'] }, { succeeds: [false, false] });
    expect(ran).toEqual(['drain before', 'drain after', 'undrain after']);
    expect(result).toMatchObject({ message: expect.stringContaining('step drain (after) failed') });
  });

  test('a check is asked until it passes, for a minute at most', async () => {
    const late = await deploy({ checks: [{ command: 'well' }] }, { succeeds: [true, false, false, true] });
    expect(late.result).toMatchObject({ kind: 'applied', deploy: { checks: [{ passed: true }] } });
    expect(late.ran).toEqual(['drain before', 'well after', 'well after', 'well after', 'undrain after']);
    const never = await deploy(
      { checks: [{ command: 'well' }] },
      { succeeds: [true, ...Array.from({ length: 99 }, () => false)] },
    );
    expect(never.result).toMatchObject({
      kind: 'applied',
      deploy: { checks: [{ passed: false, message: 'it ended with status 1\nfirst\nit is broken' }] },
    });
    expect(never.ran).toHaveLength(33);
  });

  test('a file system snapshot that is required and can not be made stops it; one that is welcome is told to be missing', async () => {
    const prints = { findmnt: 'overlay overlay\n' };
    const required = await deploy({ fileSystemSnapshot: 'required' }, { prints });
    const why = '/ is overlay on overlay, of which no snapshots can be made';
    expect(required.result).toMatchObject({
      kind: 'refused',
      code: 'snapshot-failed',
      message: expect.stringContaining(why),
    });
    expect([required.ran.at(-1), required.installed]).toEqual(['undrain after', 0]);
    const welcome = await deploy({ fileSystemSnapshot: 'where-possible' }, { prints });
    expect(welcome.result).toMatchObject({
      kind: 'applied',
      deploy: {
        fileSystemSnapshot: null,
        steps: [{}, { name: 'file system snapshot', message: `none was made: ${why}` }, {}],
      },
    });
  });

  test('a file system snapshot that was made is named', async () => {
    const prints = { findmnt: 'zfs rpool/ROOT/debian\n', zfs: '' };
    const { result } = await deploy({ fileSystemSnapshot: 'required' }, { prints });
    expect(result).toMatchObject({
      deploy: { fileSystemSnapshot: 'zfs rpool/ROOT/debian@thimble-20261122t000000z-0199a5a0' },
    });
  });

  test('who listened where that can not be read is not known, and that is a failed check', async () => {
    const { result } = await deploy({}, { files: { '/proc/1/net/udp': '' } });
    expect(result).toMatchObject({ deploy: { checks: [] } });
    const { host } = makeMachine();
    host.files.delete('/proc/1/net/tcp');
    const world = makeWorld([applying()], [], host);
    await world.live(2);
    expect(world.outcomes.get(orderId(1))?.[0]?.result).toMatchObject({
      kind: 'applied',
      deploy: { checks: [{ name: 'listeners', passed: false }] },
    });
  });

  test.each<[string, Partial<DeployRules>]>([
    ['step before', { before: ['absent'] }],
    ['step after', { after: ['absent'] }],
    ['check', { checks: [{ tcp: 1 }, { command: 'absent' }] }],
  ])('a %s that is not allowed here is refused before anything is done', async (_, rules) => {
    const { result, ran, installed } = await deploy(rules);
    expect(result).toMatchObject({ kind: 'refused', code: 'step-not-allowed' });
    expect([ran.length, installed]).toEqual([0, 0]);
  });

  test('an installation that is ready only when its window is over does not begin', async () => {
    // The clock of this world goes on by a millisecond with each touch.
    for (let afterMs = 1; afterMs < 40; afterMs += 1) {
      const expiresAt = new Date(Date.parse('2026-01-01T00:00:00.000Z') + afterMs).toISOString();
      const { result, ran, installed } = await deploy({}, {}, { expiresAt });
      if (installed === 0) expect(result).toMatchObject({ kind: 'refused', code: 'expired' });
      expect(ran.includes('undrain after')).toBe(ran.includes('drain before'));
    }
    const { installed } = await deploy({}, {}, { expiresAt: '2026-01-01T00:00:00.001Z' });
    expect(installed).toBe(0);
  });
});

describe('a cancellation while a step runs', () => {
  test('waits for the step, installs nothing, and the steps after run', async () => {
    const cancel = new AbortController();
    const { host, ran } = makeMachine();
    const cancelling: Host = {
      ...host,
      startDetached: async (command) => {
        if (command.argv[0]?.endsWith('/drain') === true) cancel.abort();
        await host.startDetached(command);
      },
    };
    const order = makeOrder(1, applying().body);
    const driver = fakeDriver();
    const checkpoints: unknown[] = [];
    const result = await executeOrder(order, {
      host: cancelling,
      driver,
      workspace: { directory: '/w' },
      deployFolder: '/d',
      signal: cancel.signal,
      stop: new AbortController().signal,
      active: { ...ACTIVE, orderId: order.id },
      isCommitted: () => checkpoints.length > 0,
      progress: () => undefined,
      checkpoint: async (checkpoint) => void checkpoints.push(checkpoint),
      rebootRequested: () => Promise.resolve(),
      waiting: () => Promise.resolve(),
      newerWaits: () => false,
      scan: () => Promise.resolve(),
      openGateway: () => Promise.reject(new Error('not here')),
      log: SILENT,
      bootId: () => Promise.resolve('boot'),
      nowMs: () => 0,
      sleep: () => Promise.resolve(),
    });
    expect(result).toEqual({ kind: 'cancelled', stage: 'preparing' });
    expect(checkpoints).toEqual([]);
    expect(ran).toEqual(['drain before', 'undrain after']);
  });
});

/** An order comes at about the 20th touch of the world, and its first step runs at about the 40th. */
const TOUCHES = 160;
const fates = fc
  .array(
    fc.tuple(
      fc.integer({ min: 20, max: TOUCHES }),
      fc.constantFrom<Fate>('crash-before', 'crash-after', 'lost-request', 'lost-reply'),
    ),
    { maxLength: 6 },
  )
  .map((given) => Array.from({ length: TOUCHES }, (_, at) => new Map(given).get(at) ?? 'fine'));

describe('whatever fails and whenever the agent is killed', () => {
  test('an order that has expired when the agent comes back tells which step after failed', async () => {
    const messages = new Set<string>();
    for (let crashAt = 30; crashAt < 60; crashAt += 1) {
      const { host, ran } = makeMachine({ succeeds: [true, false] });
      const expiresAt = new Date(Date.parse('2026-01-01T00:00:00.000Z') + crashAt + 4).toISOString();
      const given = Array.from({ length: TOUCHES }, (_, at): Fate => (at === crashAt ? 'crash-after' : 'fine'));
      const world = makeWorld([{ ...applying(), expiresAt }], given, host);
      await world.live(MAX_BOOTS);
      const result = world.outcomes.get(orderId(1))?.[0]?.result;
      if (ran.join() !== 'drain before,undrain after' || result?.kind !== 'refused') continue;
      messages.add(result.message);
      expect(result.message).toContain('step undrain (after) failed: it ended with status 1');
    }
    expect([...messages].filter((message) => message.includes('interrupted'))).not.toEqual([]);
  });

  test('an order that has expired when the agent comes back is refused, after its steps after', async () => {
    for (let crashAt = 20; crashAt < 80; crashAt += 1) {
      const { host, ran } = makeMachine();
      const expiresAt = new Date(Date.parse('2026-01-01T00:00:00.000Z') + crashAt + 4).toISOString();
      const given = Array.from({ length: TOUCHES }, (_, at): Fate => (at === crashAt ? 'crash-after' : 'fine'));
      const world = makeWorld([{ ...applying(), expiresAt }], given, host);
      await world.live(MAX_BOOTS);
      expect(ran.lastIndexOf('undrain after')).toBeGreaterThanOrEqual(ran.lastIndexOf('drain before'));
      expect(world.outcomes.get(orderId(1))).toHaveLength(1);
    }
  });

  test('steps after ran since the last step before, each order has one outcome, and what was begun is finished', async () => {
    await fc.assert(
      fc.asyncProperty(
        fates,
        fc.array(fc.boolean(), { maxLength: 12 }),
        fc.array(fc.integer({ min: 20, max: 120 }), { minLength: 1, maxLength: 3 }),
        async (given, succeeds, lifetimesMs) => {
          const { host, ran } = makeMachine({ succeeds });
          const orders = lifetimesMs.map((lifetimeMs) => ({
            ...applying(),
            expiresAt: new Date(Date.parse('2026-01-01T00:00:00.000Z') + lifetimeMs).toISOString(),
          }));
          const world = makeWorld(orders, given, host);
          await world.live(MAX_BOOTS);
          expect(ran.lastIndexOf('undrain after')).toBeGreaterThanOrEqual(ran.lastIndexOf('drain before'));
          for (const at of orders.keys()) {
            const id = orderId(at + 1);
            expect(world.outcomes.get(id)).toHaveLength(1);
            const result = world.outcomes.get(id)?.[0]?.result;
            if (world.installed.includes(id)) expect(['applied', 'failed']).toContain(result?.kind);
            else expect(['refused', 'failed']).toContain(result?.kind);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
