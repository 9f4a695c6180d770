/** Somebody who is signed in, at a screen or a terminal. */
export interface Person {
  readonly name: string;
  /** Null: not known, so this person can't answer. */
  readonly id: number | null;
}

/** What root or somebody who is signed in said last. */
export interface Answer {
  readonly by: number;
  readonly atMs: number;
  /** `now`, or for how long not yet. */
  readonly deferMs: number | 'now';
}

export interface ConsentFacts {
  readonly nowMs: number;
  /** After this it reboots without consent, and says so before. */
  readonly deadlineMs: number;
  /** Null: who is signed in is not known, so somebody may be. */
  readonly people: readonly Person[] | null;
  /** Since the question; at most one of each. */
  readonly answers: readonly Answer[];
}

/** `warn`: nobody consented, and the time is nearly over. */
export type Consent =
  | { readonly kind: 'reboot'; readonly why: string }
  | { readonly kind: 'warn' }
  /** The end of the latest deferral, past or to come; null: nobody deferred it. */
  | { readonly kind: 'wait'; readonly deferredUntilMs: number | null };

/** People save their work in this time. */
export const WARNING_MS = 5 * 60_000;
const ROOT = 0;

/**
 * Whether the machine may reboot now. Root says so alone, people only together; any of them defers it, until the deadline.
 * Where nobody is signed in, nobody is asked.
 */
export function consent({ nowMs, deadlineMs, people, answers }: ConsentFacts): Consent {
  if (people !== null && people.length === 0) return { kind: 'reboot', why: 'nobody is signed in' };
  const ids = new Set<number | null>((people ?? []).map(({ id }) => id));
  const heard = answers.filter(({ by }) => by === ROOT || ids.has(by));
  const saysNow = (id: number | null) => heard.some(({ by, deferMs }) => by === id && deferMs === 'now');
  if (saysNow(ROOT)) return { kind: 'reboot', why: 'root agreed' };
  if (people !== null && people.every(({ id }) => saysNow(id)))
    return { kind: 'reboot', why: `agreed: ${people.map(({ name }) => name).join(', ')}` };
  if (nowMs >= deadlineMs - WARNING_MS) return { kind: 'warn' };
  const deferred = heard.flatMap(({ atMs, deferMs }) => (deferMs === 'now' ? [] : [atMs + deferMs]));
  return { kind: 'wait', deferredUntilMs: deferred.length === 0 ? null : Math.max(...deferred) };
}

/** Who does not answer is reminded twice a working day. */
const REMIND_EVERY_MS = 4 * 3_600_000;

/** Whether people are told again: when their deferral is over, and then every few hours. */
export function isToldAgain(nowMs: number, toldAtMs: number, deferredUntilMs: number | null): boolean {
  if (deferredUntilMs !== null && nowMs < deferredUntilMs) return false;
  return toldAtMs < Math.max(deferredUntilMs ?? 0, nowMs - REMIND_EVERY_MS);
}
