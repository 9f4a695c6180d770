import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  inverseTransaction,
  type OutcomeResult,
  type Selection,
  type Transaction,
  type Updates,
  type Verification,
} from '@thimble/protocol';
import { build } from 'esbuild';
import type { Inventory } from '../../index.ts';
import type { RunnerRequest } from './runner.ts';

/** What the tests need of a lab's endpoint. */
export interface EndpointLike {
  readonly rootPath: string;
  exec(
    argv: readonly string[],
    options?: { readonly env?: Readonly<Record<string, string>>; readonly timeoutMs?: number },
  ): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>;
  write(path: string, content: string): Promise<void>;
}

const NODE = '/usr/local/bin/node-of-the-test';
const RUNNER = '/usr/local/lib/driver-runner.mjs';
const WORKSPACE = '/var/lib/driver-test';
const CALL_TIMEOUT_MS = 240_000;
const MIB = 1024 * 1024;
export const TRIAL_RULES = { checks: [], deadlineSeconds: 180, diskBytes: 1024 * MIB, memoryBytes: 1024 * MIB };

/** Puts this Node and the bundled driver into an endpoint. */
export async function installRunner(endpoint: EndpointLike): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'driver-runner-'));
  try {
    const outfile = join(folder, 'runner.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'runner.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      // Some of what reads lock files is CommonJS.
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      logLevel: 'silent',
    });
    mkdirSync(join(endpoint.rootPath, 'usr/local/lib'), { recursive: true });
    copyFileSync(process.execPath, join(endpoint.rootPath, NODE));
    await endpoint.write(RUNNER, readFileSync(outfile, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Applying {
  readonly orderId: string;
  readonly result: Promise<OutcomeResult>;
  /** Takes the same order up again, from its checkpoint. */
  resume(): Promise<OutcomeResult>;
}

export interface DriverOnEndpoint {
  readonly progress: string[];
  inventory(): Promise<Inventory>;
  updates(): Promise<Updates>;
  plan(selection: Selection): Promise<OutcomeResult>;
  /** Plans the named packages; fails when that is refused. */
  planned(...names: readonly string[]): Promise<Transaction>;
  apply(transaction: Transaction, more?: Partial<RunnerRequest>): Applying;
  applied(transaction: Transaction, more?: Partial<RunnerRequest>): Promise<OutcomeResult>;
  /** Generous bounds, if none are given. `under`: what starts the driver, setpriv(1) and the like. */
  trial(transaction: Transaction, more?: Partial<RunnerRequest>, under?: readonly string[]): Promise<OutcomeResult>;
  rollback(transaction: Transaction, orderId: string, kept: Parameters<typeof inverseTransaction>[1]): Applying;
  restartServices(transaction: Transaction): Promise<Verification>;
  forgetLists(): Promise<void>;
}

/** The apt driver as an agent uses it, but inside an endpoint and called from here. */
export function driverOn(endpoint: EndpointLike): DriverOnEndpoint {
  const progress: string[] = [];
  const call = async <T>(request: Omit<RunnerRequest, 'workspace'>, under: readonly string[] = []): Promise<T> => {
    const path = `/root/request-${randomUUID()}.json`;
    await endpoint.write(path, JSON.stringify({ ...request, workspace: WORKSPACE }));
    const done = await endpoint.exec([...under, NODE, RUNNER], {
      env: { RUNNER_REQUEST: path },
      timeoutMs: CALL_TIMEOUT_MS,
    });
    progress.push(...done.stderr.split('\n').filter(Boolean));
    const last = done.stdout.trim().split('\n').at(-1) ?? '';
    if (last === '') throw new Error(`the driver ended with ${done.code ?? 'a signal'}: ${done.stderr.slice(-3000)}`);
    return (JSON.parse(last) as { result: T }).result;
  };
  const apply = (transaction: Transaction, more: Partial<RunnerRequest> = {}): Applying => {
    const orderId = more.orderId ?? randomUUID();
    const checkpointPath = `/root/checkpoint-${orderId}.json`;
    const request = { call: 'apply', transaction, orderId, checkpointPath, ...more } as const;
    return { orderId, result: call(request), resume: () => call({ ...request, resume: true }) };
  };
  const plan = (selection: Selection) => call<OutcomeResult>({ call: 'plan', selection });
  return {
    progress,
    inventory: () => call({ call: 'inventory' }),
    updates: () => call({ call: 'updates' }),
    plan,
    async planned(...names) {
      const result = await plan({ kind: 'packages', packages: names.map((name) => ({ name })) });
      if (result.kind !== 'planned') throw new Error(`no plan: ${JSON.stringify(result)}`);
      return result.transaction;
    },
    apply,
    applied: (transaction, more) => apply(transaction, more).result,
    trial: (transaction, more, under) =>
      call({ call: 'trial', transaction, orderId: randomUUID(), rules: TRIAL_RULES, ...more }, under),
    rollback(transaction, orderId, kept) {
      const { transaction: back, missing } = inverseTransaction(transaction, kept);
      if (missing.length > 0) throw new Error(`not kept: ${JSON.stringify(missing)}`);
      return apply(back, { undoes: orderId });
    },
    restartServices: (transaction) => call({ call: 'restart-services', transaction }),
    async forgetLists() {
      await endpoint.exec(['rm', '-rf', `${WORKSPACE}/lists`, `${WORKSPACE}/cache`, `${WORKSPACE}/apt.conf`]);
    },
  };
}
