import {
  acknowledge,
  advance,
  begin,
  EMPTY_JOURNAL,
  finish,
  reject,
  type ActiveChange,
  type ActiveOrder as ActiveOrderWith,
  type ApprovalUse,
  type JournalState as JournalStateWith,
  type RejectedCounts,
  type UseEnd,
} from '@thimble/agent-core';
import type { ApplyCheckpoint } from '@thimble/drivers';
import type { Envelope, Outcome } from '@thimble/protocol';
import { readChecked, writeChecked } from './checked-file.ts';
import type { Disk } from './disk.ts';
import { storable } from './storable.ts';

export type ActiveOrder = ActiveOrderWith<ApplyCheckpoint>;
export type JournalState = JournalStateWith<ApplyCheckpoint>;

/**
 * What the endpoint promised and did. Each change is durable when its promise resolves; the one file is the commit
 * point, an order's envelope and outcome are written before it names them.
 */
export interface Journal {
  readonly state: JournalState;
  /** Accepts an order: raises the watermark, makes it the active one, and notes what it uses of approvers' signatures. */
  begin(
    order: ActiveOrder,
    envelope: Envelope,
    used?: { readonly use: ApprovalUse; readonly earliestMs: number } | null,
  ): Promise<void>;
  /** Changes the active order. */
  advance(change: ActiveChange<ApplyCheckpoint>): Promise<void>;
  /** Records the one outcome of an order: the active one, or one that was refused at once; left out: it used nothing. */
  finish(outcome: Outcome, use?: UseEnd): Promise<void>;
  acknowledge(orderId: string): Promise<void>;
  reject(why: keyof RejectedCounts): Promise<void>;
  envelope(orderId: string): Promise<Envelope | null>;
  /** The outcome of an order that is finished, as long as it is kept. */
  outcome(orderId: string): Promise<Outcome | null>;
  /** Nothing is written after this: whoever still works for an earlier agent gets an error. */
  close(): void;
}

/** @throws AgentError `state-damaged` */
export async function openJournal(disk: Disk): Promise<Journal> {
  // What an earlier version of the agent did not write down is not there yet.
  let state: JournalState = {
    ...EMPTY_JOURNAL,
    ...((await readChecked(disk, 'journal', 'journal')) as JournalState | null),
  };
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
    begin: (order, envelope, used) =>
      exclusively(async () => {
        const next = begin(state, order, used);
        await writeChecked(disk, `orders/${order.orderId}`, 'envelope', envelope);
        await commit(next);
      }),
    advance: (change) => exclusively(() => commit(advance(state, change))),
    finish: (outcome, use) =>
      exclusively(async () => {
        const { orderId, generation, result } = outcome;
        const refused = result.kind === 'refused' ? result.code : null;
        const next = finish(state, { orderId, generation, refused, ...(use === undefined ? {} : { use }) });
        await writeChecked(disk, `outcomes/${outcome.orderId}`, 'outcome', storable(outcome));
        await commit(next);
        await disk.remove(`orders/${outcome.orderId}`);
      }),
    acknowledge: (orderId) =>
      exclusively(async () => {
        const next = acknowledge(state, orderId);
        if (next === null) return;
        await commit(next.state);
        for (const old of next.forgotten) await disk.remove(`outcomes/${old}`);
      }),
    reject: (why) => exclusively(() => commit(reject(state, why))),
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
