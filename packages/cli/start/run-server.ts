import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { type RunningServer, type ServeOptions, STAGES, startServer } from '@thimble/server';
import type { Settings } from '@thimble/server/settings';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';

/** Ends what goes on beside the server; called before the server stops. */
export type Companion = { stop(): Promise<void> } | void;

/**
 * Runs a server until Ctrl-C or until it can't go on, then stops everything in order.
 *
 * @param running Called once the server answers; what it returns is stopped first.
 * @throws CliError `data-not-writable`, `server-failed`; the server's own errors say what to do.
 */
export async function runServer(
  cli: Cli,
  settings: Settings,
  options: Partial<ServeOptions>,
  running: (server: RunningServer) => Promise<Companion>,
): Promise<void> {
  await assertWritable(settings.data);
  const server = await startServer(settings, { stages: STAGES, ...options });
  const beside: { companion: Companion } = { companion: undefined };
  try {
    const failed = server.failed.then((error) => {
      throw new CliError('server-failed', `the server can’t go on: ${error.message}`, { cause: error });
    });
    const begun = running(server).then((given) => {
      beside.companion = given;
    });
    await Promise.race([failed, stopped(cli.signal), begun.then(() => new Promise<never>(() => undefined))]);
  } finally {
    cli.terminal.status('');
    if (cli.signal.aborted) cli.terminal.note('Stopping …');
    await beside.companion?.stop();
    await server.stop();
    if (cli.signal.aborted) cli.terminal.note('Stopped.');
  }
}

/** @throws CliError `data-not-writable` */
export async function assertWritable(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await access(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new CliError(
      'data-not-writable',
      `the data directory ${directory} can’t be written: ${(cause as Error).message}`,
      {
        hint: 'Choose another one with --data or THIMBLE_DATA, or give this user the right to write there.',
        cause,
      },
    );
  }
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
