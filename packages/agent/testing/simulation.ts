import type { ApplyResult, ApplyTask, Driver, Host } from '@thimble/drivers';
import type { Envelope, Order, OrdersReply, Outcome } from '@thimble/protocol';
import { generateSigningKey, openEnvelope, verifyingKey, type SigningKey } from '@thimble/protocol/signing';
import { ORDER_PAYLOAD_TYPE } from '@thimble/protocol';
import type { Clock } from '../clock.ts';
import type { Server } from '../connection/server.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import type { AgentContext } from '../context.ts';
import { SILENT } from '../log.ts';
import { checkInOnce } from '../run/once.ts';
import type { Disk } from '../state/disk.ts';
import { openJournal, type JournalState } from '../state/journal.ts';
import { openTrust } from '../trust/trust.ts';
import { applied, checkpointOf, fakeDriver, fakeHost, VERIFICATION } from './fake-driver.ts';
import { ENDPOINT_ID, ORGANISATION_ID } from './fake-server.ts';
import { makeOrder, orderId, seal } from './orders.ts';

/** What happens at the nth thing that touches the world, counted over the whole life; missing: nothing special. */
export type Fate = 'crash-before' | 'crash-after' | 'lost-request' | 'lost-reply' | 'fine';

export interface World {
  /** Runs the agent, booting it again after each crash, until nothing is left to do. @returns number of boots. */
  live(maxBoots: number): Promise<number>;
  readonly outcomes: ReadonlyMap<string, readonly Outcome[]>;
  /** Orders whose changes began, each time. */
  readonly installed: readonly string[];
  readonly generations: readonly number[];
  /** Names of everything that touched the world, in order. */
  readonly steps: readonly string[];
}

/** What the server shows beside orders. */
export type Beside = (key: SigningKey) => Pick<OrdersReply, 'approvals' | 'trust'>;

/** A kind of order, or what is particular about an apply order. */
export type Wanted = 'apply' | 'reboot' | 'scan' | 'forged' | Partial<Order>;

/**
 * An endpoint and its server on a simulated disk and network, both with the given fates.
 * @param beside is shown beside the orders.
 * @param machine what the agent runs on; its files outlive boots, and what is changed there is touched like all else.
 */
export function makeWorld(
  kinds: readonly Wanted[],
  fates: readonly Fate[],
  machine: Host = fakeHost(),
  beside: Beside = () => ({}),
): World {
  const key = generateSigningKey();
  const shown = beside(key);
  const files = new Map<string, Buffer>();
  const outcomes = new Map<string, Outcome[]>();
  const installed: string[] = [];
  const generations: number[] = [];
  const steps: string[] = [];
  const finishedInstalls = new Set<string>();
  let boot = 1;

  const orders = new Map<string, Envelope>();
  kinds.forEach((kind, at) => {
    const n = at + 1;
    if (kind === 'forged') orders.set(orderId(n), seal(makeOrder(n), generateSigningKey()));
    else if (kind === 'apply') orders.set(orderId(n), seal(makeOrder(n), key));
    else if (typeof kind === 'object') orders.set(orderId(n), seal(makeOrder(n, kind.body, kind), key));
    else orders.set(orderId(n), seal(makeOrder(n, kind === 'scan' ? { kind } : { kind, reason: 'x' }), key));
  });

  /** The agent of one boot. What it left running when the power went stands still for ever. */
  async function open(power: Power): Promise<AgentContext> {
    /** One touch of the world, which may be the last of this boot. */
    async function touch<T>(name: string, act: () => T | Promise<T>, network = false): Promise<T> {
      await Promise.resolve();
      if (power.off) return new Promise<T>(() => undefined);
      const fate = fates[steps.length] ?? 'fine';
      steps.push(name);
      if (fate === 'crash-before') return crash();
      if (network && fate === 'lost-request') throw new ServerFailure('unreachable', 'lost');
      const result = await act();
      if (fate === 'crash-after') return crash();
      if (network && fate === 'lost-reply') throw new ServerFailure('unreachable', 'lost');
      return result;
    }

    function crash(): Promise<never> {
      power.off = true;
      power.crashed();
      return new Promise<never>(() => undefined);
    }

    const host: Host = {
      ...machine,
      startDetached: (command) => touch('command', () => machine.startDetached(command)),
      writeFile: (path, data) => touch(`write ${path}`, () => machine.writeFile(path, data)),
      makeDirectory: (path) => touch(`make ${path}`, () => machine.makeDirectory(path)),
      remove: (path) => touch(`remove ${path}`, () => machine.remove(path)),
    };

    const disk: Disk = {
      read: (name) => touch(`read ${name}`, () => files.get(name) ?? null),
      write: (name, data) =>
        touch(`write ${name}`, () => {
          files.set(name, Buffer.from(data));
          if (name !== 'journal') return;
          const text = Buffer.from(data).toString('utf8');
          generations.push((JSON.parse(text.slice(text.indexOf('\n') + 1)) as JournalState).generation);
        }),
      remove: (name) => touch(`remove ${name}`, () => void files.delete(name)),
      list: (folder) =>
        touch(`list ${folder}`, () =>
          [...files.keys()]
            .filter((name) => name.startsWith(`${folder}/`))
            .map((name) => name.slice(folder.length + 1)),
        ),
    };

    const server: Server = {
      clockOffsetMs: 0,
      enrol: () => Promise.reject(new Error('not here')),
      checkIn: () =>
        touch(
          'check-in',
          () => ({
            wanted: [],
            checkInIntervalSeconds: 60,
            ordersWaiting: true,
            serverTime: '2026-01-01T00:00:00.000Z',
          }),
          true,
        ),
      putDocument: () => touch('document', () => undefined, true),
      orders: () =>
        touch(
          'orders',
          () => ({
            orders: [...orders].filter(([id]) => !outcomes.has(id)).map(([, envelope]) => envelope),
            cancellations: [],
            ...shown,
          }),
          true,
        ),
      progress: () => Promise.resolve(),
      content: () => Promise.reject(new Error('not here')),
      outcome: (outcome) =>
        touch(
          'outcome',
          () => {
            const known = outcomes.get(outcome.orderId) ?? [];
            if (known.some((other) => JSON.stringify(other) === JSON.stringify(outcome))) return 'recorded' as const;
            outcomes.set(outcome.orderId, [...known, outcome]);
            return 'recorded' as const;
          },
          true,
        ),
    };

    async function apply(task: ApplyTask): Promise<ApplyResult> {
      const id = task.orderId;
      await touch('download', () => undefined);
      if (task.resumeFrom === null) await task.pointOfNoReturn(checkpointOf(id));
      // A driver finds out by itself whether the detached installation was begun, and does not begin it twice.
      await touch('install', () => {
        if (finishedInstalls.has(id)) return;
        finishedInstalls.add(id);
        installed.push(id);
      });
      return applied(task.resumeFrom !== null);
    }

    const driver: Driver = {
      ...fakeDriver(apply),
      reboot: () => touch('reboot', () => undefined).then(() => crash()),
      verify: () => touch('verify', () => VERIFICATION),
    };
    const clock: Clock = {
      now: () => Date.parse('2026-01-01T00:00:00.000Z') + steps.length,
      monotonic: () => steps.length,
      random: () => 0.5,
      sleep: () => (power.off ? new Promise<void>(() => undefined) : Promise.resolve()),
    };

    const identity: AgentContext['identity'] = {
      format: 1,
      serverUrl: 'https://localhost',
      pin: null,
      endpointId: ENDPOINT_ID,
      organisationId: ORGANISATION_ID,
      organisationName: 'Tests',
      orderKeys: [{ keyid: key.keyid, publicKey: key.publicKey }],
      checkInIntervalSeconds: 60,
      enrolledAt: '2026-01-01T00:00:00.000Z',
    };

    return {
      identity,
      disk,
      journal: await openJournal(disk),
      trust: await openTrust({ disk, identity, clock, log: SILENT }),
      server,
      host,
      driver,
      workspace: { directory: '/w' },
      deployFolder: '/d',
      clock,
      log: SILENT,
      agent: { version: '1', mode: 'timer', privileged: true },
      openGateway: () => Promise.reject(new Error('not here')),
      bootId: () => Promise.resolve(`boot-${boot}`),
    };
  }

  const genuine = [...orders].filter(([, envelope]) => isGenuine(envelope)).map(([id]) => id);
  function isGenuine(envelope: Envelope): boolean {
    try {
      return openEnvelope(envelope, ORDER_PAYLOAD_TYPE, new Map([[key.keyid, verifyingKey(key.publicKey)]])).length > 0;
    } catch {
      return false;
    }
  }

  return {
    outcomes,
    installed,
    generations,
    steps,
    async live(maxBoots) {
      for (; boot <= maxBoots; boot += 1) {
        const power: Power = { off: false, crashed: () => undefined };
        const died = new Promise<void>((resolve) => {
          power.crashed = resolve;
        });
        const never = new AbortController().signal;
        await Promise.race([died, open(power).then((context) => checkInOnce(context, never))]);
        const survived = !power.off;
        power.off = true;
        if (survived && genuine.every((id) => outcomes.has(id))) break;
      }
      return boot;
    },
  };
}

interface Power {
  off: boolean;
  crashed: () => void;
}
