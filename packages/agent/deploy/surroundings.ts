import type { Host } from '@thimble/drivers';
import type { OrderStage } from '@thimble/protocol';

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

/** The same before the point of no return, when the order can still be stopped. */
export interface Preparing extends Surroundings {
  readonly signal: AbortSignal;
  progress(step: { readonly stage: OrderStage; readonly percent: null; readonly message: string }): void;
}

/** What belongs to one order: whether steps began, and a folder for each command that ran. */
export function orderFolderOf({ orderId, deployFolder }: Pick<Surroundings, 'orderId' | 'deployFolder'>): string {
  return `${deployFolder}/${orderId}`;
}
