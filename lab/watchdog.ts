import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type Watchdog = { readonly dismiss: () => Promise<void> };

/**
 * A process of its own that removes the lab when we end without having done so, however we end: the kernel closes our
 * end of its input. Until then it sleeps.
 */
export function startWatchdog(number: number): Watchdog {
  const script = join(import.meta.dirname, 'watch.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, String(number)], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
  child.unref();
  const ended = once(child, 'exit');
  return {
    dismiss: async () => {
      child.ref();
      child.stdin.end();
      await ended;
    },
  };
}
