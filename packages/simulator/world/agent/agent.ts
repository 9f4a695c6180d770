import { step, wakeAtMs, type AgentEvent, type AgentState, type Effect, type Failure } from '@thimble/agent-core';
import type { Random } from '../../random/random.ts';
import type { Answer, Network } from '../network.ts';
import type { Faults } from '../scenario/faults.ts';
import { carryOut, Crash, type Steps } from '../steps.ts';
import type { Timeline } from '../timeline.ts';
import type { Tell } from '../world-event.ts';
import { createDesk, type AgentFlaws, type Desk } from './desk.ts';
import { createJournal, DiskFull } from './journal.ts';
import type { Machine } from './machine.ts';
import type { CheckInReply, OrdersReply, ServerApi } from './server-api.ts';

/** One endpoint's agent: processes that follow each other over one journal. */
export interface Agent {
  /** A process begins; the machine is on. */
  start(): void;
  /** It ends where it stands, and its supervisor starts another one. */
  crash(): void;
  /** The power went: nobody starts another one. */
  stop(): void;
}

export interface AgentWorld {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly network: Network;
  readonly server: ServerApi;
  readonly tell: Tell;
  readonly flaws: AgentFlaws;
  faults(): Faults;
}

/** How long a request for orders is held: longer than a real server does, so that a day has fewer of them. */
const HOLD_MS = 60 * 60_000;
const WORK_RETRY_MS = 10_000;
/** The clock is off by less than this: as good as none. See `connection/signed-requests` of the agent. */
const TOLERATED_SKEW_MS = 30_000;
const FAILURE: Failure = { removed: false, retryAfterMs: null };

export function createAgent(machine: Machine, intervalMs: number, world: AgentWorld): Agent {
  const { timeline, random, network, server, tell } = world;
  const journal = createJournal({
    isFull: () => machine.diskFull,
    crashes: () => (random.chance(world.faults().agentCrash) ? random.pick(['before', 'after'] as const) : 'not'),
    written: ({ generation }) => tell({ kind: 'watermark', endpointId: machine.id, generation }),
  });
  let life = 0;

  function stop(): void {
    life += 1;
  }

  function crash(): void {
    stop();
    const afterLife = life;
    timeline.in(random.between(1, 60) * 1000, () => {
      if (life === afterLife && machine.isOn) start();
    });
  }

  function start(): void {
    stop();
    runProcess(life);
  }

  function runProcess(mine: number): void {
    let clockOffsetMs = 0;
    let state: AgentState = { kind: 'unenrolled' };
    let wokenAtMs: number | null = null;
    const isAlive = (): boolean => life === mine;
    const own = { isOver: () => !isAlive(), crash: () => isAlive() && crash() };

    function* pause(durationMs: number): Steps<void> {
      yield durationMs;
      if (random.chance(world.faults().agentCrash)) throw new Crash();
    }

    const desk: Desk = createDesk({
      machine,
      journal,
      random,
      tell,
      pause,
      flaws: world.flaws,
      nowMs: () => machine.wallMs + clockOffsetMs,
      installing: (orderId) =>
        network.send(
          0,
          () => server.progress(machine.id, orderId),
          () => undefined,
        ),
    });

    function observe(serverTimeMs: number): void {
      const offset = serverTimeMs - machine.wallMs;
      clockOffsetMs = Math.abs(offset) > TOLERATED_SKEW_MS ? offset : 0;
    }

    function counts(): { readonly ordersWait: boolean; readonly undelivered: number } {
      return { ordersWait: desk.hasWork, undelivered: desk.undelivered.length };
    }

    function post(event: AgentEvent): void {
      if (!isAlive()) return;
      const next = step(state, event, { nowMs: timeline.nowMs, random: random.next() });
      state = next.state;
      for (const effect of next.effects) act(effect);
      const wake = wakeAtMs(state);
      if (wake === null || wake === wokenAtMs) return;
      wokenAtMs = wake;
      timeline.at(wake, () => {
        if (!isAlive() || wokenAtMs !== wake) return;
        wokenAtMs = null;
        post({ kind: 'time-passed' });
      });
    }

    /** A crash ends the process; a disk that is full is trouble of this host, told and tried again later. */
    function guarded(act: () => void, onFull: () => void): void {
      if (!isAlive()) return;
      try {
        act();
      } catch (error) {
        if (error instanceof Crash) own.crash();
        else if (error instanceof DiskFull) onFull();
        else throw error;
      }
    }

    function ask<Reply>(
      heldMs: number,
      serve: (answer: (answer: Answer<Reply>) => void) => void,
      replied: (reply: Reply) => void,
      failed: () => void,
    ): void {
      network.send<Reply>(heldMs, serve, (answer) =>
        guarded(() => (answer.kind === 'reply' ? replied(answer.reply) : failed()), failed),
      );
    }

    function deliver([orderId, ...rest]: readonly string[]): void {
      const outcome = orderId === undefined ? null : desk.outcomeOf(orderId);
      if (orderId === undefined || outcome === null) {
        post({ kind: 'delivered', undelivered: desk.undelivered.length });
        return;
      }
      ask(
        0,
        (answer) => server.outcome(machine.id, outcome, answer),
        () => {
          desk.delivered(orderId);
          deliver(rest);
        },
        () => post({ kind: 'delivery-failed', failure: FAILURE }),
      );
    }

    function work(): void {
      const ended = (): void => post({ kind: 'work-ended', ...counts() });
      const steps = (function* (): Steps<void> {
        try {
          yield* desk.work();
        } catch (error) {
          if (!(error instanceof DiskFull)) throw error;
          yield WORK_RETRY_MS;
        }
      })();
      carryOut(timeline, steps, own, ended);
    }

    function act(effect: Effect): void {
      switch (effect.kind) {
        case 'check-in':
          ask<CheckInReply>(
            0,
            (answer) => {
              const { generation, active } = journal.state;
              const activeOrders = active === null ? [] : [active.orderId];
              server.checkIn(machine.id, { generation, activeOrders }, answer);
            },
            (reply) => {
              observe(reply.serverTimeMs);
              post({ kind: 'checked-in', intervalMs: reply.intervalMs, refreshDue: false });
            },
            () => post({ kind: 'check-in-failed', failure: FAILURE }),
          );
          return;
        case 'listen':
          ask<OrdersReply>(
            HOLD_MS,
            (answer) => server.orders(machine.id, HOLD_MS, answer),
            (reply) => {
              observe(reply.serverTimeMs);
              const { news } = desk.take(reply);
              post({ kind: 'heard', news, ...counts() });
            },
            () => post({ kind: 'listen-failed', failure: FAILURE }),
          );
          return;
        case 'deliver':
          deliver(desk.undelivered);
          return;
        case 'work':
          work();
          return;
        case 'refresh':
        case 'abandon-refresh':
        case 'end':
          return;
        default:
          effect satisfies never;
      }
    }

    post({ kind: 'started', intervalMs, ...counts(), ordersWait: journal.state.active !== null });
  }

  return { start, crash, stop };
}
