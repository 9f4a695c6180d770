import { join } from 'node:path';
import type { Host } from '@thimble/drivers';
import { CliError } from '../cli-error.ts';
import { type PatchOrder, readPatchOrder } from './patch-order.ts';

/** Orders of single-system mode, a file each; whatever is written is durable when the promise resolves. */
export interface PatchJournal {
  write(order: PatchOrder): Promise<void>;
  /** Newest first. */
  list(): Promise<readonly PatchOrder[]>;
}

/** A file holds a transaction and its outcome: some 300 kB for a thousand packages. */
const FILE_LIMIT_BYTES = 64 * 1024 * 1024;
/** Orders with an outcome that are kept, for the history and for roll-backs. */
const KEPT_ORDERS = 100;

export function openJournal(host: Host, directory: string): PatchJournal {
  const pathOf = (id: string): string => join(directory, `${id}.json`);
  return {
    async write(order) {
      await host.writeFile(pathOf(order.id), JSON.stringify(order), { mode: 0o600 });
    },
    async list() {
      const orders: PatchOrder[] = [];
      for (const name of (await host.listDirectory(directory)) ?? []) {
        if (!name.endsWith('.json')) continue;
        const bytes = await host.readFile(join(directory, name), { maxBytes: FILE_LIMIT_BYTES });
        if (bytes === null) continue;
        const order = readPatchOrder(bytes.toString('utf8'));
        if (order === undefined)
          throw new CliError('journal-damaged', `${join(directory, name)} is not a record of this program any more`, {
            hint: 'What was done there can’t be known. Look at /var/log/apt/history.log, then move the file away.',
          });
        orders.push(order);
      }
      orders.sort((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
      for (const old of orders.filter(({ result }) => result !== null).slice(KEPT_ORDERS))
        await host.remove(pathOf(old.id));
      return orders;
    },
  };
}
