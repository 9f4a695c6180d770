import { backOff, jittered } from './delays.ts';

/**
 * What the agent does next, as a pure function: `step(state, event, at)` gives the next state and the effects that the
 * shell (`run/service.ts`) carries out; each effect reports back with an event. Counters live inside the states that
 * they belong to.
 */
export type AgentState =
  | { readonly kind: 'unenrolled' }
  | Enrolled
  /** `removed`: the server does not manage this endpoint any more. */
  | { readonly kind: 'stopped'; readonly why: 'asked' | 'removed' };

export interface Enrolled {
  readonly kind: 'enrolled';
  readonly intervalMs: number;
  /** Check-ins. */
  readonly contact: Waiting | { readonly kind: 'checking-in'; readonly failures: number };
  /** The held request for orders. */
  readonly ear: Waiting | { readonly kind: 'listening'; readonly failures: number; readonly sinceMs: number };
  readonly work: { readonly kind: 'idle' } | { readonly kind: 'refreshing' } | { readonly kind: 'executing' };
  /** Outcomes on their way to the server. */
  readonly delivery: { readonly kind: 'none' } | Waiting | { readonly kind: 'delivering'; readonly failures: number };
  readonly ordersWait: boolean;
  /** When the order that waits for people is looked at again; null: none does. */
  readonly lookAgainAtMs: number | null;
}

interface Waiting {
  readonly kind: 'waiting';
  readonly failures: number;
  /** On the monotonic clock, milliseconds: setting the machine's time must not silence it. */
  readonly untilMs: number;
}

export interface Failure {
  readonly removed: boolean;
  readonly retryAfterMs: number | null;
}

export type AgentEvent =
  | {
      readonly kind: 'started';
      readonly intervalMs: number;
      readonly ordersWait: boolean;
      readonly undelivered: number;
    }
  | { readonly kind: 'time-passed' }
  | { readonly kind: 'checked-in'; readonly intervalMs: number; readonly refreshDue: boolean }
  | { readonly kind: 'check-in-failed'; readonly failure: Failure }
  /** `news`: it brought an order or a cancellation that was not known. */
  | { readonly kind: 'heard'; readonly news: boolean; readonly ordersWait: boolean; readonly undelivered: number }
  | { readonly kind: 'listen-failed'; readonly failure: Failure }
  | { readonly kind: 'work-ended'; readonly ordersWait: boolean; readonly undelivered: number }
  /** The order under way waits for people: nothing to do for a while, and nothing new to tell. */
  | { readonly kind: 'work-put-off' }
  | { readonly kind: 'refreshed' }
  | { readonly kind: 'delivered'; readonly undelivered: number }
  | { readonly kind: 'delivery-failed'; readonly failure: Failure }
  | { readonly kind: 'stop' };

export type Effect =
  | { readonly kind: 'check-in'; readonly collect: boolean }
  | { readonly kind: 'listen' }
  | { readonly kind: 'work' }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'abandon-refresh' }
  | { readonly kind: 'deliver' }
  | { readonly kind: 'end' };

export interface Moment {
  /** Monotonic, milliseconds. */
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: number;
}

export interface Step {
  readonly state: AgentState;
  readonly effects: readonly Effect[];
}

/** The server may ask for another rhythm, but not for a flood, nor for silence. */
const MIN_INTERVAL_MS = 5000;
const MAX_INTERVAL_MS = 24 * 3_600_000;
const FIRST_CHECK_IN_WITHIN_MS = 1000;
/** A held request that comes back sooner than this with nothing new was not held. */
const HELD_AT_LEAST_MS = 1500;
const PAUSE_MS = 1500;
/** Whoever says `now` does not want to wait, and looking costs little. */
const LOOK_AGAIN_MS = 20_000;

export function step(state: AgentState, event: AgentEvent, at: Moment): Step {
  if (state.kind === 'stopped') return { state, effects: [] };
  if (event.kind === 'stop') return end('asked');
  if (event.kind === 'started') return settle(started(event, at), at);
  if (state.kind === 'unenrolled') return { state, effects: [] };
  if ('failure' in event && event.failure.removed) return end('removed');
  return settle(change(state, event, at), at);
}

/** When the shell has to say `time-passed`; null: only an event can change anything. */
export function wakeAtMs(state: AgentState): number | null {
  if (state.kind !== 'enrolled') return null;
  const times: number[] = [];
  for (const part of [state.contact, state.ear, state.delivery]) if (part.kind === 'waiting') times.push(part.untilMs);
  if (state.work.kind === 'idle' && state.lookAgainAtMs !== null) times.push(state.lookAgainAtMs);
  return times.length === 0 ? null : Math.min(...times);
}

function end(why: 'asked' | 'removed'): Step {
  return { state: { kind: 'stopped', why }, effects: [{ kind: 'end' }] };
}

function started(event: Extract<AgentEvent, { kind: 'started' }>, { nowMs, random }: Moment): Enrolled {
  const untilMs = nowMs + Math.round(FIRST_CHECK_IN_WITHIN_MS * random);
  return {
    kind: 'enrolled',
    intervalMs: clampInterval(event.intervalMs),
    contact: { kind: 'waiting', failures: 0, untilMs },
    ear: { kind: 'waiting', failures: 0, untilMs },
    work: { kind: 'idle' },
    delivery: event.undelivered > 0 ? { kind: 'waiting', failures: 0, untilMs: nowMs } : { kind: 'none' },
    ordersWait: event.ordersWait,
    lookAgainAtMs: null,
  };
}

type Change = Exclude<AgentEvent, { kind: 'stop' | 'started' }>;

function change(state: Enrolled, event: Change, at: Moment): Enrolled & { refreshDue?: boolean } {
  const { nowMs, random } = at;
  const soon: Waiting = { kind: 'waiting', failures: 0, untilMs: nowMs };
  switch (event.kind) {
    case 'time-passed':
      return state;
    case 'checked-in': {
      const intervalMs = clampInterval(event.intervalMs);
      const contact: Waiting = { kind: 'waiting', failures: 0, untilMs: nowMs + jittered(intervalMs, random) };
      // The server is there: whoever backed off need not wait any longer.
      const ear = state.ear.kind === 'waiting' && state.ear.failures > 0 ? soon : state.ear;
      const delivery = state.delivery.kind === 'waiting' ? soon : state.delivery;
      return { ...state, intervalMs, contact, ear, delivery, refreshDue: event.refreshDue };
    }
    case 'check-in-failed':
      return { ...state, contact: failed(state.contact, event.failure, at) };
    case 'heard': {
      const held = state.ear.kind === 'listening' && nowMs - state.ear.sinceMs >= HELD_AT_LEAST_MS;
      const pauseMs = event.news || held ? 0 : jittered(PAUSE_MS, random);
      const contact = state.contact.kind === 'waiting' && state.contact.failures > 0 ? soon : state.contact;
      return {
        ...state,
        contact,
        ear: { kind: 'waiting', failures: 0, untilMs: nowMs + pauseMs },
        ordersWait: event.ordersWait,
        delivery: wanted(state.delivery, event.undelivered, nowMs),
      };
    }
    case 'listen-failed':
      return { ...state, ear: failed(state.ear, event.failure, at) };
    case 'work-ended':
      return {
        ...state,
        work: { kind: 'idle' },
        ordersWait: event.ordersWait,
        delivery: wanted(state.delivery, event.undelivered, nowMs),
        // What changed is reported at once.
        contact: state.contact.kind === 'waiting' ? { ...state.contact, untilMs: nowMs } : state.contact,
      };
    case 'work-put-off':
      return { ...state, work: { kind: 'idle' }, ordersWait: false, lookAgainAtMs: nowMs + LOOK_AGAIN_MS };
    case 'refreshed':
      return { ...state, work: { kind: 'idle' }, contact: state.contact.kind === 'waiting' ? soon : state.contact };
    case 'delivered':
      return { ...state, delivery: wanted({ kind: 'none' }, event.undelivered, nowMs) };
    case 'delivery-failed':
      return {
        ...state,
        delivery: failed(state.delivery.kind === 'none' ? soon : state.delivery, event.failure, at),
      };
    default:
      return event satisfies never;
  }
}

function failed(part: { readonly failures: number }, failure: Failure, { nowMs, random }: Moment): Waiting {
  const failures = part.failures + 1;
  return { kind: 'waiting', failures, untilMs: nowMs + backOff(failures, failure.retryAfterMs, random) };
}

function wanted(delivery: Enrolled['delivery'], undelivered: number, nowMs: number): Enrolled['delivery'] {
  if (undelivered === 0 || delivery.kind === 'delivering') return delivery;
  return delivery.kind === 'waiting' ? delivery : { kind: 'waiting', failures: 0, untilMs: nowMs };
}

/** Starts whatever is due. */
function settle(changed: Enrolled & { refreshDue?: boolean }, { nowMs }: Moment): Step {
  const { refreshDue = false, ...rest } = changed;
  let state: Enrolled = rest;
  const effects: Effect[] = [];
  if (state.ordersWait && state.work.kind === 'refreshing') effects.push({ kind: 'abandon-refresh' });
  const isLookedAtAgain = state.lookAgainAtMs !== null && state.lookAgainAtMs <= nowMs;
  if (state.work.kind === 'idle' && (state.ordersWait || isLookedAtAgain)) {
    effects.push({ kind: 'work' });
    state = { ...state, work: { kind: 'executing' }, lookAgainAtMs: null };
  } else if (state.work.kind === 'idle' && refreshDue) {
    effects.push({ kind: 'refresh' });
    state = { ...state, work: { kind: 'refreshing' } };
  }
  if (isDue(state.delivery, nowMs)) {
    effects.push({ kind: 'deliver' });
    state = { ...state, delivery: { kind: 'delivering', failures: state.delivery.failures } };
  }
  if (isDue(state.contact, nowMs)) {
    effects.push({ kind: 'check-in', collect: state.work.kind !== 'executing' });
    state = { ...state, contact: { kind: 'checking-in', failures: state.contact.failures } };
  }
  if (isDue(state.ear, nowMs)) {
    effects.push({ kind: 'listen' });
    state = { ...state, ear: { kind: 'listening', failures: state.ear.failures, sinceMs: nowMs } };
  }
  return { state, effects };
}

function isDue(part: { readonly kind: string; readonly untilMs?: number }, nowMs: number): part is Waiting {
  return part.kind === 'waiting' && part.untilMs !== undefined && part.untilMs <= nowMs;
}

function clampInterval(intervalMs: number): number {
  return Math.max(MIN_INTERVAL_MS, Math.min(MAX_INTERVAL_MS, intervalMs));
}
