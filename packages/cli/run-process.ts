import type { CommandEntry } from './command-entry.ts';
import { EXIT } from './exit-codes.ts';
import { runCli } from './run-cli.ts';
import { processTerminal } from './terminal/index.ts';

/** The command line of this process: arguments, streams, signals and exit code are bound here and nowhere else. */
export async function runProcess(entries: readonly CommandEntry[], argv = process.argv.slice(2)): Promise<void> {
  const stop = new AbortController();
  const onSignal = (): void => {
    // The second time somebody means it: whatever still runs is left to its own crash safety.
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  // A reader that goes away (`thimble … | head`, a lost terminal, journald that restarts) never ends the work: an
  // installation has to be finished and verified, whoever listens. What is written from then on is dropped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const code = await runCli(argv, entries, {
    terminal: processTerminal(process),
    env: process.env,
    uid: process.getuid?.() ?? 0,
    now: () => new Date(),
    signal: stop.signal,
  });
  process.exitCode = code;
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(code);
}

/** Everything is handed to the kernel, or nobody takes it any more. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.destroyed || stream.errored !== null) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}
