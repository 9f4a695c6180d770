import type { ActiveOrder, JournalState, KeepsPackages, RejectedCounts } from './journal-state.ts';

// What becomes of the journal: pure, so that a disk, a simulation and a test change it in the same way. What can't be is a bug,
// and throws before anything is written.

/** Acknowledged outcomes that are kept, for a server that was restored from a backup and asks again. */
const KEPT_ACKNOWLEDGED = 32;

/** Accepts an order: raises the watermark and makes it the active one. */
export function begin<Checkpoint extends KeepsPackages>(
  state: JournalState<Checkpoint>,
  order: ActiveOrder<Checkpoint>,
): JournalState<Checkpoint> {
  if (state.active !== null) throw new Error('an order is active already');
  return { ...state, generation: Math.max(state.generation, order.generation), active: order };
}

export type ActiveChange<Checkpoint extends KeepsPackages> = Partial<
  Pick<ActiveOrder<Checkpoint>, 'stage' | 'starts' | 'checkpoint' | 'reboot'>
>;

/** Changes the active order. */
export function advance<Checkpoint extends KeepsPackages>(
  state: JournalState<Checkpoint>,
  change: ActiveChange<Checkpoint>,
): JournalState<Checkpoint> {
  if (state.active === null) throw new Error('no order is active');
  return { ...state, active: { ...state.active, ...change } };
}

/** Records that an order has its one outcome: the active one, or one that was refused at once. */
export function finish<Checkpoint extends KeepsPackages>(
  state: JournalState<Checkpoint>,
  { orderId, generation }: { readonly orderId: string; readonly generation: number },
): JournalState<Checkpoint> {
  if (state.finished.some((entry) => entry.orderId === orderId)) throw new Error('an order has one outcome');
  return {
    ...state,
    generation: Math.max(state.generation, generation),
    active: state.active?.orderId === orderId ? null : state.active,
    finished: [...state.finished, { orderId, generation, acknowledged: false }],
  };
}

/** The server has the outcome. @returns the state after it, and whose outcomes need not be kept any longer; null: nothing changes. */
export function acknowledge<Checkpoint extends KeepsPackages>(
  state: JournalState<Checkpoint>,
  orderId: string,
): { readonly state: JournalState<Checkpoint>; readonly forgotten: readonly string[] } | null {
  const entry = state.finished.find((finished) => finished.orderId === orderId);
  if (entry === undefined || entry.acknowledged) return null;
  const finished = state.finished.map((other) => (other === entry ? { ...entry, acknowledged: true } : other));
  const forgotten = new Set(finished.filter((other) => other.acknowledged).slice(0, -KEPT_ACKNOWLEDGED));
  return {
    state: { ...state, finished: finished.filter((other) => !forgotten.has(other)) },
    forgotten: [...forgotten].map((other) => other.orderId),
  };
}

export function reject<Checkpoint extends KeepsPackages>(
  state: JournalState<Checkpoint>,
  why: keyof RejectedCounts,
): JournalState<Checkpoint> {
  return { ...state, rejected: { ...state.rejected, [why]: (state.rejected[why] ?? 0) + 1 } };
}
