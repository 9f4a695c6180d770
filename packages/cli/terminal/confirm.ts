import { createInterface } from 'node:readline/promises';
import type { Terminal } from './terminal.ts';

/** Asks a yes-or-no question; only `y` or `yes` is yes, the end of input is no. */
export async function confirm(terminal: Terminal, question: string, signal?: AbortSignal): Promise<boolean> {
  const reader = createInterface({ input: terminal.input, output: terminal.errStream });
  try {
    const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    const asked = reader.question(`${question} [y/N] `, signal === undefined ? {} : { signal });
    return /^y(es)?$/i.test((await Promise.race([asked, closed])).trim());
  } finally {
    reader.close();
  }
}
