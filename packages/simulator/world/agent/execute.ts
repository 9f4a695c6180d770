import { advance, type ActiveOrder } from '@thimble/agent-core';
import type { Block, KeptPackage, Order, OutcomeResult, RefusalCode, Transaction } from '@thimble/protocol';
import type { Random } from '../../random/random.ts';
import { digestOf } from '../identity.ts';
import type { Steps } from '../steps.ts';
import type { Tell } from '../world-event.ts';
import type { Journal } from './journal.ts';
import type { Machine } from './machine.ts';

/** What executing an order needs besides it. */
export interface Execution {
  readonly machine: Machine;
  readonly journal: Journal;
  readonly active: ActiveOrder;
  readonly random: Random;
  readonly tell: Tell;
  /** The server's time, as far as this process knows it. */
  nowMs(): number;
  isCancelled(): boolean;
  /** Its server hears, perhaps, that it is past the point of no return. */
  installing(): void;
  /** Time passes; the process may end meanwhile. */
  pause(durationMs: number): Steps<void>;
}

const SECOND_MS = 1000;
const REBOOT_MS = 90 * SECOND_MS;

/** Does on a machine what an order asks for, in the stages in which the real agent's drivers do it. */
export function* execute(order: Order, execution: Execution): Steps<OutcomeResult> {
  const { machine, random, pause } = execution;
  const { body } = order;
  switch (body.kind) {
    case 'scan':
      yield* pause(SECOND_MS);
      return { kind: 'scanned' };
    case 'plan': {
      yield* pause(random.between(2, 60) * SECOND_MS);
      if (execution.isCancelled()) return { kind: 'cancelled', stage: 'planning' };
      if (!machine.canPlan) return refused('unsatisfiable', 'the resolver finds no transaction');
      const transaction = machine.resolve(versionsOf(body.blocks));
      return { kind: 'planned', transaction, transactionDigest: digestOf(transaction) };
    }
    case 'trial':
      yield* pause(random.between(20, 300) * SECOND_MS);
      if (execution.isCancelled()) return { kind: 'cancelled', stage: 'trying' };
      return tried(machine, body.transaction, body.transactionDigest);
    case 'pre-stage':
      yield* pause(random.between(5, 120) * SECOND_MS);
      if (execution.isCancelled()) return { kind: 'cancelled', stage: 'downloading' };
      return machine.diskFull
        ? refused('disk-full', 'no room for the files')
        : { kind: 'pre-staged', fetchedBytes: body.transaction.downloadBytes, fromRelayBytes: 0 };
    case 'apply':
      return yield* install(order, body, execution);
    case 'rollback':
      return yield* install(order, { ...body, blocks: [] }, execution);
    case 'restart-services':
      yield* pause(random.between(1, 20) * SECOND_MS);
      machine.restartServices();
      return applied(machine, { changes: [] }, [], false);
    case 'reboot':
      return yield* reboot(order, execution);
    default:
      return body satisfies never;
  }
}

interface Installable {
  readonly kind: 'apply' | 'rollback';
  readonly transaction: Transaction;
  readonly transactionDigest: string;
  readonly restartServices: boolean;
  readonly blocks?: readonly Block[];
}

function* install(order: Order, body: Installable, execution: Execution): Steps<OutcomeResult> {
  const { machine, journal, active, random, pause } = execution;
  const { transaction, transactionDigest } = body;
  const resumed = active.checkpoint !== null;
  const kept = resumed ? (active.checkpoint?.kept ?? []) : transaction.changes.map(keptOf);
  if (!resumed) {
    yield* pause(random.between(5, 120) * SECOND_MS);
    if (execution.isCancelled()) return { kind: 'cancelled', stage: 'downloading' };
    if (machine.diskFull) return refused('disk-full', 'no room for the files');
    if (execution.nowMs() > Date.parse(order.expiresAt)) return refused('expired', 'all was ready, but too late');
    const blocked = versionsOf(body.blocks);
    if (transaction.changes.some(({ name, to }) => blocked.has(`${name} ${to}`)))
      return refused('blocked', 'a version of it was recalled');
    const differs = machine.verify(transaction.changes.map((change) => ({ ...change, to: change.from }))).wrongVersions;
    if (body.kind === 'apply' && differs.length > 0) return refused('transaction-differs', 'another version is here');
    journal.commit(advance(journal.state, { checkpoint: { kept }, stage: 'installing' }));
    execution.tell({ kind: 'committed', endpointId: machine.id, orderId: order.id });
  }
  machine.install(order.id, body.kind, transaction, transactionDigest);
  execution.installing();
  for (let left = machine.leftMs(order.id) ?? 0; left > 0; left = machine.leftMs(order.id) ?? 0) yield* pause(left);
  if (body.restartServices) machine.restartServices();
  yield* pause(5 * SECOND_MS);
  if (!machine.failedToInstall(order.id))
    return applied(machine, transaction, body.kind === 'apply' ? kept : [], resumed);
  return {
    kind: 'failed',
    code: 'install-failed',
    message: 'a maintainer script failed',
    stage: 'installing',
    verification: machine.verify(transaction.changes),
    logTail: [],
    kept: [...kept],
  };
}

function* reboot(order: Order, { machine, journal, active, tell, pause }: Execution): Steps<OutcomeResult> {
  const before = active.reboot?.bootIdBefore ?? machine.bootId;
  if (active.reboot === null) {
    const requestedAt = new Date(machine.wallMs).toISOString();
    journal.commit(
      advance(journal.state, {
        reboot: { bootIdBefore: before, requestedAt, failedUnitsBefore: [] },
        stage: 'rebooting',
      }),
    );
  }
  if (machine.bootId === before) {
    tell({ kind: 'rebooted', endpointId: machine.id, orderId: order.id });
    machine.powerOff(REBOOT_MS);
    // This process is gone with the power: nothing comes back to here.
    yield REBOOT_MS;
  }
  yield* pause(10 * SECOND_MS);
  return { kind: 'rebooted', bootIdBefore: before, bootIdAfter: machine.bootId, verification: machine.verify([]) };
}

function tried(machine: Machine, { changes }: Transaction, transactionDigest: string): OutcomeResult {
  const failure = machine.canTry ? machine.tryOut(changes) : null;
  return {
    kind: 'tried',
    transactionDigest,
    report: {
      verdict: !machine.canTry ? 'impossible' : failure === null ? 'passed' : 'failed',
      message: failure ?? '',
      clone: '',
      brokenPackages: [],
      checks: [],
      gaps: [],
      installMs: 0,
      totalMs: 0,
      diskBytes: 0,
    },
    logTail: [],
  };
}

function applied(
  machine: Machine,
  { changes }: Pick<Transaction, 'changes'>,
  kept: readonly KeptPackage[],
  resumed: boolean,
): OutcomeResult {
  return { kind: 'applied', verification: machine.verify(changes), kept: [...kept], rollbackGaps: [], resumed };
}

function refused(code: RefusalCode, message: string): OutcomeResult {
  return { kind: 'refused', code, message, difference: null, logTail: [] };
}

function keptOf({ name, architecture, from }: Transaction['changes'][number]): KeptPackage {
  return { name, architecture, version: from ?? '', sha256: 'c'.repeat(64), sizeBytes: 1, from: 'archive' };
}

function versionsOf(blocks: readonly Block[] | undefined): ReadonlySet<string> {
  return new Set((blocks ?? []).map(({ name, version }) => `${name} ${version}`));
}
