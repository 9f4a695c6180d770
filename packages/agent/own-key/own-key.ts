import type { SigningKey } from '@thimble/protocol/signing';
import { ServerFailure } from '../connection/server-failure.ts';
import type { Log } from '../log.ts';
import type { Disk } from '../state/disk.ts';
import { changeKey, isChanging, reintroduceKey, type KeyExchange } from './change-key.ts';

/** The key that signs this endpoint's requests, while the agent runs. */
export interface OwnKey {
  /** Finishes a change that was cut off, before anything else is said. @throws ServerFailure when it is not known how. */
  settle(): Promise<void>;
  /** Makes a new one, and goes on with it; what the server refuses now is tried again by `settle`. */
  change(): Promise<void>;
  /** Asks; a server that does not know the key gets it introduced by the one before, if it knows that, and is asked again. */
  introducing<T>(ask: () => Promise<T>): Promise<T>;
}

export function createOwnKey(
  { disk, log }: { readonly disk: Disk; readonly log: Log },
  exchange: KeyExchange,
  use: (key: SigningKey) => void,
): OwnKey {
  async function settle(): Promise<void> {
    const key = await changeKey(disk, exchange);
    use(key);
    log.info(`this endpoint has a new key, its fingerprint is ${key.keyid}`);
  }
  return {
    async settle() {
      if (await isChanging(disk)) await settle().catch(toleratingRefusal);
    },
    change: () => settle().catch(toleratingAnyFailure),
    async introducing(ask) {
      try {
        return await ask();
      } catch (error) {
        if (!isUnknown(error) || !(await reintroduce())) throw error;
        return ask();
      }
    },
  };

  async function reintroduce(): Promise<boolean> {
    const holds = await reintroduceKey(disk, exchange).catch((error: unknown) => {
      if (!(error instanceof ServerFailure && error.code === 'refused')) throw error;
      return false;
    });
    if (holds) log.info('the server was put back to a time before the last change of key, and knows the key again');
    return holds;
  }

  /** In quarantine only one of several machines may change the key; the others go on with what they have. */
  function toleratingRefusal(error: unknown): void {
    if (!(error instanceof ServerFailure && error.problem?.code === 'endpoint-quarantined')) throw error;
  }

  function toleratingAnyFailure(error: unknown): void {
    if (!(error instanceof ServerFailure)) throw error;
    log.warn(`the change of this endpoint's key is finished later: ${error.message}`);
  }
}

function isUnknown(error: unknown): boolean {
  return error instanceof ServerFailure && error.problem?.code === 'unknown-endpoint';
}
