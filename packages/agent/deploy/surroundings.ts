import type { Host } from '@thimble/drivers';

/** What is done around an installation needs this of the order and of the agent. */
export interface Surroundings {
  readonly orderId: string;
  readonly runId: string | null;
  readonly host: Host;
  /** Absolute: the agent's own folder for what orders run besides the package manager. */
  readonly deployFolder: string;
  /** The agent ends. */
  readonly stop: AbortSignal;
}

/** What belongs to one order: whether steps began, and a folder for each command that ran. */
export function orderFolderOf({ orderId, deployFolder }: Pick<Surroundings, 'orderId' | 'deployFolder'>): string {
  return `${deployFolder}/${orderId}`;
}
