import type { ApplyCheckpoint } from '@thimble/drivers';
import type { Envelope, OrderKind, OrderStage, Outcome } from '@thimble/protocol';
import { readChecked, writeChecked } from './checked-file.ts';
import type { Disk } from './disk.ts';
import { storable } from './storable.ts';

/** The order that the endpoint works on. At most one: orders go one after another. */
export interface ActiveOrder {
  readonly orderId: string;
  readonly generation: number;
  readonly kind: OrderKind;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly stage: OrderStage;
  /** How often work on it began; more than `MAX_STARTS` end it (an order that kills its agent must not do so for ever). */
  readonly starts: number;
  /** Set before the first change: from then on it is finished, never begun again. */
  readonly checkpoint: ApplyCheckpoint | null;
  readonly reboot: RebootRequest | null;
}

/** A reboot that was asked for; whether it happened shows in the boot id. */
export interface RebootRequest {
  readonly bootIdBefore: string;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly failedUnitsBefore: readonly string[];
}

interface FinishedOrder {
  readonly orderId: string;
  readonly generation: number;
  readonly acknowledged: boolean;
}

/** Orders that nobody who may give orders here has signed, by why. Counted, never executed. */
export type RejectedCounts = Readonly<Partial<Record<'bad-signature' | 'wrong-endpoint' | 'malformed', number>>>;

export interface JournalState {
  readonly format: 1;
  /** The newest generation that was decided on: accepted or refused. Never goes back. */
  readonly generation: number;
  readonly active: ActiveOrder | null;
  /** Oldest first; those that the server acknowledged are forgotten after a while. */
  readonly finished: readonly FinishedOrder[];
  readonly rejected: RejectedCounts;
}

/**
 * What the endpoint promised and did. Each change is durable when its promise resolves; the one file is the commit
 * point, an order's envelope and outcome are written before it names them.
 */
export interface Journal {
  readonly state: JournalState;
  /** Accepts an order: raises the watermark and makes it the active one. */
  begin(order: ActiveOrder, envelope: Envelope): Promise<void>;
  /** Changes the active order. */
  advance(change: Partial<Pick<ActiveOrder, 'stage' | 'starts' | 'checkpoint' | 'reboot'>>): Promise<void>;
  /** Records the one outcome of an order: the active one, or one that was refused at once. */
  finish(outcome: Outcome): Promise<void>;
  acknowledge(orderId: string): Promise<void>;
  reject(why: keyof RejectedCounts): Promise<void>;
  envelope(orderId: string): Promise<Envelope | null>;
  /** The outcome of an order that is finished, as long as it is kept. */
  outcome(orderId: string): Promise<Outcome | null>;
  /** Nothing is written after this: whoever still works for an earlier agent gets an error. */
  close(): void;
}

/** Acknowledged outcomes that are kept, for a server that was restored from a backup and asks again. */
const KEPT_ACKNOWLEDGED = 32;

const EMPTY: JournalState = { format: 1, generation: 0, active: null, finished: [], rejected: {} };

/** @throws AgentError `state-damaged` */
export async function openJournal(disk: Disk): Promise<Journal> {
  let state = ((await readChecked(disk, 'journal', 'journal')) as JournalState | null) ?? EMPTY;
  let closed = false;
  await removeOrphans(disk, state);

  // The held request refuses orders while another one is worked on: changes go one after another, each on the last.
  let changing: Promise<unknown> = Promise.resolve();
  function exclusively(change: () => Promise<void>): Promise<void> {
    const changed = changing.then(() => {
      if (closed) throw new Error('the journal is closed');
      return change();
    });
    changing = changed.catch(() => undefined);
    return changed;
  }

  async function commit(next: JournalState): Promise<void> {
    if (next.generation < state.generation) throw new Error('the watermark never goes back');
    await writeChecked(disk, 'journal', 'journal', next);
    state = next;
  }

  return {
    get state() {
      return state;
    },
    begin: (order, envelope) =>
      exclusively(async () => {
        if (state.active !== null) throw new Error('an order is active already');
        await writeChecked(disk, `orders/${order.orderId}`, 'envelope', envelope);
        await commit({ ...state, generation: Math.max(state.generation, order.generation), active: order });
      }),
    advance: (change) =>
      exclusively(async () => {
        if (state.active === null) throw new Error('no order is active');
        await commit({ ...state, active: { ...state.active, ...change } });
      }),
    finish: (outcome) =>
      exclusively(async () => {
        const { orderId, generation } = outcome;
        if (state.finished.some((entry) => entry.orderId === orderId)) throw new Error('an order has one outcome');
        await writeChecked(disk, `outcomes/${orderId}`, 'outcome', storable(outcome));
        await commit({
          ...state,
          generation: Math.max(state.generation, generation),
          active: state.active?.orderId === orderId ? null : state.active,
          finished: [...state.finished, { orderId, generation, acknowledged: false }],
        });
        await disk.remove(`orders/${orderId}`);
      }),
    acknowledge: (orderId) =>
      exclusively(async () => {
        const entry = state.finished.find((finished) => finished.orderId === orderId);
        if (entry === undefined || entry.acknowledged) return;
        const finished = state.finished.map((other) => (other === entry ? { ...entry, acknowledged: true } : other));
        const forgotten = finished.filter((other) => other.acknowledged).slice(0, -KEPT_ACKNOWLEDGED);
        await commit({ ...state, finished: finished.filter((other) => !forgotten.includes(other)) });
        for (const { orderId: old } of forgotten) await disk.remove(`outcomes/${old}`);
      }),
    reject: (why) =>
      exclusively(() => commit({ ...state, rejected: { ...state.rejected, [why]: (state.rejected[why] ?? 0) + 1 } })),
    envelope: async (orderId) => (await readChecked(disk, `orders/${orderId}`, 'envelope')) as Envelope | null,
    outcome: async (orderId) => (await readChecked(disk, `outcomes/${orderId}`, 'outcome')) as Outcome | null,
    close() {
      closed = true;
    },
  };
}

/** Files that a crash left between being written and being named by the journal. */
async function removeOrphans(disk: Disk, state: JournalState): Promise<void> {
  for (const name of await disk.list('orders')) if (name !== state.active?.orderId) await disk.remove(`orders/${name}`);
  const finished = new Set(state.finished.map(({ orderId }) => orderId));
  for (const name of await disk.list('outcomes')) if (!finished.has(name)) await disk.remove(`outcomes/${name}`);
}
