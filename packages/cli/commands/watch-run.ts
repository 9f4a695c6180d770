import { setTimeout as sleep } from 'node:timers/promises';
import type { LiveEvent, RunDetail, RunTarget } from '@thimble/protocol';
import type { Client } from '../client/index.ts';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { printable } from '../terminal/index.ts';
import { paintTarget } from './run-view.ts';

/** A look from time to time, in case an event was lost on the way. */
const POLL_MS = 5000;

/** At which of its states the caller wants to stop watching. */
export type Until = 'planned' | 'over';

/**
 * Follows a run live (server-sent events, and a look every few seconds) until it does not move any more by itself, and tells
 * each change of a target's state as a line on standard error.
 */
export async function watchRun(cli: Cli, client: Client, id: string, until: Until): Promise<RunDetail> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, cli.signal]);
  const reporter = targetReporter(cli);
  let wake = nothing;
  const listening = listen(client.events(signal), id, reporter.progress, () => wake());
  let broken: unknown;
  listening.catch((error: unknown) => {
    broken = error;
    wake();
  });
  try {
    for (;;) {
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const run = await client.run(id);
      reporter.report(run.targets);
      if (rests(run, until)) return run;
      if (broken !== undefined) throw broken;
      await Promise.race([woken, sleep(POLL_MS, undefined, { signal }).catch(() => undefined)]);
      if (cli.signal.aborted)
        throw new CliError('interrupted', `no longer watched; the run goes on: thimble runs watch ${id}`, {
          exitCode: EXIT.interrupted,
        });
    }
  } finally {
    stop.abort();
    cli.terminal.status('');
  }
}

function rests({ summary, targets }: RunDetail, until: Until): boolean {
  if (summary.state === 'planning') return false;
  if (until === 'planned') return true;
  if (summary.state === 'running') return false;
  return !targets.some(
    ({ state }) => state === 'working' || state === 'ordered' || state === 'rebooting' || state === 'rolling-back',
  );
}

async function listen(
  events: AsyncIterable<LiveEvent>,
  runId: string,
  progress: (event: Extract<LiveEvent, { kind: 'progress' }>) => void,
  changed: () => void,
): Promise<void> {
  for await (const event of events) {
    if (event.kind === 'progress' && event.runId === runId) progress(event);
    if (event.kind === 'resync' || (event.kind === 'run-changed' && event.runId === runId)) changed();
  }
}

function targetReporter({ terminal, now }: Cli) {
  const shown = new Map<string, string>();
  const names = new Map<string, string>();
  const say = (endpointId: string, line: string): void => {
    if (shown.get(endpointId) === line) return;
    shown.set(endpointId, line);
    terminal.note(`${terminal.errColour.dim(now().toISOString().slice(11, 19))}  ${line}`);
  };
  return {
    report(targets: readonly RunTarget[]): void {
      const widest = Math.max(...targets.map(({ hostname }) => hostname.length), 0);
      for (const { endpointId, hostname, state, explanation } of targets) {
        names.set(endpointId, printable(hostname).padEnd(widest));
        say(endpointId, `${names.get(endpointId)}  ${paintTarget(terminal, state)}  ${printable(explanation)}`);
      }
    },
    progress({ endpointId, progress }: Extract<LiveEvent, { kind: 'progress' }>): void {
      const percent = progress.percent === null ? '' : ` ${progress.percent} %`;
      terminal.status(
        `${names.get(endpointId) ?? endpointId}  ${progress.stage}${percent}  ${printable(progress.message)}`,
      );
    },
  };
}

function nothing(): void {}
