import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './owner.ts';
import { listLabs, sweepLabs } from './remains.ts';

/** The watchdog of lab number argv[2], see watchdog.ts. */

const ROUNDS = 200;
const PAUSE_MS = 50;

for await (const _ of process.stdin);
// The input closes a moment before the owner's process is gone.
for (let round = 0; round < ROUNDS; round += 1) {
  const record = listLabs().find((lab) => lab.number === Number(process.argv[2]));
  if (record === undefined) break;
  if (!isAlive(record.owner)) {
    await sweepLabs();
    break;
  }
  await sleep(PAUSE_MS);
}
