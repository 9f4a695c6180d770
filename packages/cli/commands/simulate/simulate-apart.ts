import { Worker } from 'node:worker_threads';
import type { SimulationResult } from '@thimble/protocol';
import type { SimulationInput } from '@thimble/simulator';
import { CliError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import { EXIT } from '../../exit-codes.ts';

type Message = { readonly percent: number } | { readonly result: SimulationResult };

/** Simulates in a thread of its own, so that it is told how far it is, and ends when the person ends it. */
export async function simulateApart(
  { terminal, signal }: Cli,
  input: Omit<SimulationInput, 'limits'>,
): Promise<SimulationResult> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: input });
  try {
    return await new Promise<SimulationResult>((resolve, reject) => {
      worker.on('message', (message: Message) => {
        if ('result' in message) resolve(message.result);
        else terminal.status(`simulates ${Math.floor(message.percent)} %`);
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('the simulation ended without a result')));
      const end = (): void =>
        reject(new CliError('interrupted', 'the simulation is ended', { exitCode: EXIT.interrupted }));
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
    });
  } finally {
    terminal.status('');
    await worker.terminate();
  }
}
