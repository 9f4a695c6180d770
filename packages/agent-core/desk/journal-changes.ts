import type { RefusalCode } from '@thimble/protocol';
import { beginUse, endUse, type ApprovalUse, type UseEnd } from '../trust/approval-uses.ts';
import type { ActiveOrder, JournalState, KeepsPackages, RejectedCounts } from './journal-state.ts';

// What becomes of the journal: pure, so that a disk, a simulation and a test change it in the same way. What can't be is a bug,
// and throws before anything is written.

/** Acknowledged outcomes that are kept, for a server that was restored from a backup and asks again. */
const KEPT_ACKNOWLEDGED = 32;

/** Accepts an order: raises the watermark, makes it the active one, and notes what it uses. */
export function begin<Checkpoint extends KeepsPackages>(
  state: JournalState<Checkpoint>,
  order: ActiveOrder<Checkpoint>,
  used: { readonly use: ApprovalUse; readonly earliestMs: number } | null = null,
): JournalState<Checkpoint> {
  if (state.active !== null) throw new Error('an order is active already');
  const uses = used === null ? state.uses : beginUse(state.uses, used.use, used.earliestMs);
  return { ...state, generation: Math.max(state.generation, order.generation), active: order, uses };
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

/** An order's end. `refused`: why it was; `use`: what became of what it used. */
export interface OrderEnd {
  readonly orderId: string;
  readonly generation: number;
  readonly refused?: RefusalCode | null;
  readonly use?: UseEnd;
}

/** Records that an order has its one outcome: the active one, or one that was refused at once. */
export function finish<Checkpoint extends KeepsPackages>(
  state: JournalState<Checkpoint>,
  { orderId, generation, refused = null, use = { kind: 'nothing' } }: OrderEnd,
): JournalState<Checkpoint> {
  if (state.finished.some((entry) => entry.orderId === orderId)) throw new Error('an order has one outcome');
  return {
    ...state,
    generation: Math.max(state.generation, generation),
    active: state.active?.orderId === orderId ? null : state.active,
    finished: [...state.finished, { orderId, generation, acknowledged: false }],
    refused: refused === null ? state.refused : { ...state.refused, [refused]: (state.refused[refused] ?? 0) + 1 },
    uses: endUse(state.uses, orderId, use),
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
