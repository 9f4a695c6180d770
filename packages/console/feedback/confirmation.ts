import { createContext } from 'react';
import { ProblemError } from '../api/client.ts';

/** Asks the reader to prove that it is still them; settles when they did, and throws when they did not want to. */
export type Confirm = () => Promise<void>;

export const ConfirmationContext = createContext<Confirm | undefined>(undefined);

/** The reader went back: nothing happened, and there is nothing to tell. */
export class NotConfirmed extends Error {
  override readonly name = 'NotConfirmed';
}

/** Runs it, and once more after a proof when the server demands one. */
export async function withConfirmation<T>(confirm: Confirm | undefined, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (confirm === undefined || !(error instanceof ProblemError) || error.problem.code !== 'confirm-yourself')
      throw error;
  }
  await confirm();
  return run();
}
