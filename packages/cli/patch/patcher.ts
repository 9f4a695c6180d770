import type { ApplyCheckpoint, ApplyResult, Driver, Host, PlanResult, Task } from '@thimble/drivers';
import { inverseTransaction, type OutcomeResult, type Selection, type Verification } from '@thimble/protocol';
import type { PatchJournal } from './journal.ts';
import type { PatchOrder } from './patch-order.ts';
import type { PatchPlace } from './place.ts';
import type { Step } from './stage-reporter.ts';

/** Patches the machine that it runs on, with a journal in which every installation has exactly one outcome. */
export interface Patcher {
  plan(selection: Selection): Promise<PlanResult>;
  /** Installs exactly this. What it is and that it began is on the disk before the first change. */
  apply(wanted: Wanted): Promise<PatchOrder>;
  /** Takes back what an order did. @returns the packages of which no file was kept, or the roll-back's own order. */
  rollBack(done: PatchOrder, unattended: boolean): Promise<PatchOrder | { readonly missing: readonly string[] }>;
  /** Brings to its end what an earlier run began: installs the rest where changes began, else only notes that nothing happened. */
  finishInterrupted(): Promise<readonly PatchOrder[]>;
  /** What is true now, although nothing is to be installed. */
  verify(failedUnitsBefore: readonly string[]): Promise<Verification>;
  /** Restarts what still runs replaced code. */
  restartServices(): Promise<Verification>;
}

export type Wanted = Pick<PatchOrder, 'selection' | 'transaction' | 'restartServices' | 'unattended'>;

export interface PatcherParts {
  readonly host: Host;
  readonly driver: Driver;
  readonly place: PatchPlace;
  readonly journal: PatchJournal;
  readonly signal: AbortSignal;
  readonly newId: () => string;
  readonly progress: (step: Step) => void;
}

export function createPatcher({ host, driver, place, journal, signal, newId, progress }: PatcherParts): Patcher {
  const task: Task = { host, workspace: place.workspace, signal, progress };

  async function carryOut(begun: PatchOrder): Promise<PatchOrder> {
    let order = begun;
    const pointOfNoReturn = async (checkpoint: ApplyCheckpoint): Promise<void> => {
      order = { ...order, checkpoint };
      await journal.write(order);
    };
    let result: ApplyResult;
    try {
      result = await driver.apply({
        ...task,
        orderId: order.id,
        transaction: order.transaction,
        restartServices: order.restartServices,
        undoes: order.undoes,
        resumeFrom: order.checkpoint,
        pointOfNoReturn,
      });
    } catch (error) {
      // After the first change the order stays open: the next run finishes it.
      if (order.checkpoint === null) await journal.write(ended(order, { kind: 'cancelled', stage: 'accepted' }));
      throw error;
    }
    const finished = ended(order, result);
    await journal.write(finished);
    return finished;
  }

  const ended = (order: PatchOrder, result: OutcomeResult): PatchOrder => ({
    ...order,
    result,
    endedAt: host.now().toISOString(),
  });

  const begin = (wanted: Wanted, undoes: string | null): PatchOrder => ({
    format: 1,
    id: newId(),
    startedAt: host.now().toISOString(),
    endedAt: null,
    undoes,
    checkpoint: null,
    result: null,
    ...wanted,
  });

  return {
    plan: (selection) => driver.plan(task, selection),
    apply: (wanted) => carryOut(begin(wanted, null)),
    async rollBack(done, unattended) {
      const { transaction, missing } = inverseTransaction(done.transaction, keptBy(done));
      // Half a roll-back is none.
      if (missing.length > 0) return { missing: missing.map(({ name, version }) => `${name} ${version}`) };
      return await carryOut(
        begin({ selection: null, transaction, restartServices: done.restartServices, unattended }, done.id),
      );
    },
    async finishInterrupted() {
      const finished: PatchOrder[] = [];
      for (const order of (await journal.list()).filter(({ result }) => result === null).toReversed()) {
        if (order.checkpoint !== null) finished.push(await carryOut(order));
        else await journal.write(ended(order, { kind: 'cancelled', stage: 'accepted' }));
      }
      return finished;
    },
    verify: (failedUnitsBefore) => driver.verify(task, null, failedUnitsBefore),
    restartServices: () => driver.restartServices(task, null),
  };
}

/** The files that an order kept of the versions before, also when it failed half-way. */
export function keptBy({ result, checkpoint }: PatchOrder) {
  const fromResult = result?.kind === 'applied' || result?.kind === 'failed' ? result.kept : [];
  return fromResult.length > 0 ? fromResult : (checkpoint?.kept ?? []);
}

/** Whether an order changed the machine, so that there is something to roll back. */
export function changedSomething({ checkpoint, result }: PatchOrder): boolean {
  return checkpoint !== null && result !== null && result.kind !== 'refused' && result.kind !== 'cancelled';
}
