import { createLog, runAgent } from '@thimble/agent';
import { createLocalHost } from '@thimble/drivers';

/**
 * The agent of the server's own machine, as a process of its own: `node local-agent.ts STATE-DIRECTORY`. It ends when
 * its standard input does, which the kernel closes when `thimble start` is gone, however that died.
 */
const stop = new AbortController();
process.stdin.on('end', () => stop.abort());
process.stdin.on('error', () => stop.abort());
process.stdin.resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// Nobody reads any more: not a reason to die in the middle of an order.
process.stdout.on('error', () => undefined);

const [stateDirectory] = process.argv.slice(2);
if (stateDirectory === undefined) throw new Error('usage: local-agent.ts STATE-DIRECTORY');
const log = createLog((line) => process.stdout.write(line), false);
try {
  const reason = await runAgent({
    stateDirectory,
    mode: 'embedded',
    host: createLocalHost(),
    log,
    signal: stop.signal,
  });
  process.exit(reason === 'removed' ? 3 : 0);
} catch (error) {
  log.error((error as Error).message);
  process.exit(1);
}
