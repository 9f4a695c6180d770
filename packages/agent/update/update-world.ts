import type { InstalledVersion, UpdateState } from './update-state.ts';

/** What the switch between versions touches; each of it may be the last thing before a crash. */
export interface UpdateWorld {
  /** One at a time on this machine: starts, check-ins and the guard meet here. */
  exclusively<T>(act: () => Promise<T>): Promise<T>;
  read(): Promise<UpdateState>;
  /** Durable and whole when it resolves. */
  write(state: UpdateState): Promise<void>;
  /** Whether its file is there with every byte. */
  isWhole(version: InstalledVersion): Promise<boolean>;
  /** No order is under way. */
  isIdle(): Promise<boolean>;
  /** Somebody who outlives the agent calls `settleTrial` in a while, and again until disarmed. @returns false: it can't be had. */
  armGuard(): Promise<boolean>;
  disarmGuard(): Promise<void>;
  /** Asks for a new start of the agent; the old one may still run when it resolves. */
  restart(): Promise<void>;
  nowMs(): number;
}
