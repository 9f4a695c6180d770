/**
 * Runs inside an endpoint, bundled into one file: plans all security updates, fetches them, tries them and then applies the very same
 * transaction, as an agent does on its orders. Prints what each took as one line of JSON (TrialTimes).
 */
import { randomUUID } from 'node:crypto';
import { createAptDriver, createLocalHost } from '@thimble/drivers';

export interface TrialTimes {
  readonly packages: number;
  readonly trialMs: number;
  readonly applyMs: number;
  /** The part of the trial that apt had in the clone. */
  readonly installMs: number;
  readonly diskBytes: number;
}

const MIB = 1024 * 1024;
const RULES = { checks: [], deadlineSeconds: 900, diskBytes: 3072 * MIB, memoryBytes: 2048 * MIB };

async function tryAndApply(): Promise<TrialTimes> {
  const driver = createAptDriver();
  const host = createLocalHost();
  const workspace = { directory: '/var/lib/thimble-bench' };
  const task = { host, workspace, signal: new AbortController().signal, progress: () => {} };
  await host.makeDirectory(workspace.directory, { mode: 0o711 });
  const planned = await driver.plan(task, { kind: 'security' });
  if (planned.kind !== 'planned') throw new Error(JSON.stringify(planned));
  const { transaction } = planned;
  const staged = await driver.preStage({ ...task, orderId: randomUUID(), transaction });
  if (staged.kind !== 'pre-staged') throw new Error(JSON.stringify(staged));

  const triedMs = performance.now();
  const tried = await driver.trial?.({ ...task, orderId: randomUUID(), transaction, rules: RULES, commands: [] });
  const trialMs = performance.now() - triedMs;
  if (tried?.kind !== 'tried' || tried.report.verdict !== 'passed') throw new Error(JSON.stringify(tried));

  const appliedMs = performance.now();
  const applied = await driver.apply({
    ...task,
    orderId: randomUUID(),
    transaction,
    restartServices: true,
    undoes: null,
    resumeFrom: null,
    pointOfNoReturn: async () => {},
  });
  const applyMs = performance.now() - appliedMs;
  if (applied.kind !== 'applied') throw new Error(JSON.stringify(applied));
  const { installMs, diskBytes } = tried.report;
  return { packages: transaction.changes.length, trialMs, applyMs, installMs, diskBytes };
}

void tryAndApply().then(
  (times) => process.stdout.write(`${JSON.stringify(times)}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
