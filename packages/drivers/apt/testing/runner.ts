/**
 * Runs one call of the apt driver inside a real endpoint, for the lab tests: it is bundled into one file, copied there
 * with a Node binary, and started with the path of a request. The last line of its output is the result.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Selection, Transaction, TrialRules } from '@thimble/protocol';
import { createAptDriver, createLocalHost, type ApplyCheckpoint, type TrialCommand } from '../../index.ts';

export interface RunnerRequest {
  readonly call: 'inventory' | 'system' | 'updates' | 'plan' | 'apply' | 'trial' | 'verify' | 'restart-services';
  readonly workspace: string;
  readonly selection?: Selection;
  readonly transaction?: Transaction;
  readonly orderId?: string;
  readonly undoes?: string;
  readonly restartServices?: boolean;
  /** Where the checkpoint is written to, and read from with `resume`. */
  readonly checkpointPath?: string;
  readonly resume?: boolean;
  readonly lockWaitMs?: number;
  readonly installDeadlineMs?: number;
  readonly rules?: TrialRules;
  readonly commands?: readonly TrialCommand[];
  /** How what outlives the runner is started; left out: as the endpoint has it. */
  readonly detach?: 'systemd' | 'session';
}

const { RUNNER_REQUEST: path = '' } = process.env;
if (path !== '') {
  const request = JSON.parse(readFileSync(path, 'utf8')) as RunnerRequest;
  const startedMs = performance.now();
  const result = await answer(request);
  const elapsedMs = Math.round(performance.now() - startedMs);
  process.stdout.write(`${JSON.stringify({ result, elapsedMs, rssBytes: process.resourceUsage().maxRSS * 1024 })}\n`);
}

async function answer(request: RunnerRequest): Promise<unknown> {
  const host = createLocalHost(request.detach === undefined ? {} : { detach: request.detach });
  const { lockWaitMs, installDeadlineMs } = request;
  const driver = createAptDriver({
    ...(lockWaitMs === undefined ? {} : { lockWaitMs }),
    ...(installDeadlineMs === undefined ? {} : { installDeadlineMs }),
  });
  const workspace = { directory: request.workspace };
  const abort = new AbortController();
  process.once('SIGTERM', () => abort.abort());
  const task = {
    host,
    workspace,
    signal: abort.signal,
    progress: (step: object) => void process.stderr.write(`${JSON.stringify(step)}\n`),
  };
  const need = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error(`the request lacks something: ${JSON.stringify(request).slice(0, 500)}`);
    return value;
  };
  await host.makeDirectory(workspace.directory, { mode: 0o711 });
  switch (request.call) {
    case 'inventory':
      return driver.inventory(host, workspace);
    case 'system':
      return driver.system(host, workspace, { version: '0', mode: 'embedded', privileged: true });
    case 'updates':
      return driver.updates(task, { refresh: true });
    case 'plan':
      return driver.plan(task, need(request.selection));
    case 'verify':
      return driver.verify(task, request.transaction ?? null, []);
    case 'restart-services':
      return driver.restartServices(task, request.transaction ?? null);
    case 'trial':
      return driver.trial?.({
        ...task,
        orderId: need(request.orderId),
        transaction: need(request.transaction),
        rules: need(request.rules),
        commands: request.commands ?? [],
      });
    case 'apply': {
      const checkpointPath = need(request.checkpointPath);
      return driver.apply({
        ...task,
        orderId: need(request.orderId),
        transaction: need(request.transaction),
        restartServices: request.restartServices ?? true,
        undoes: request.undoes ?? null,
        resumeFrom:
          request.resume === true ? (JSON.parse(readFileSync(checkpointPath, 'utf8')) as ApplyCheckpoint) : null,
        pointOfNoReturn: async (checkpoint) =>
          writeFileSync(checkpointPath, JSON.stringify(checkpoint), { flush: true }),
      });
    }
  }
}
