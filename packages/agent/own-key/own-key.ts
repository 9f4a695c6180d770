import type { SigningKey } from '@thimble/protocol/signing';
import { ServerFailure } from '../connection/server-failure.ts';
import type { Log } from '../log.ts';
import type { Disk } from '../state/disk.ts';
import { changeKey, isChanging, type KeyExchange } from './change-key.ts';

/** The key that signs this endpoint's requests, while the agent runs. */
export interface OwnKey {
  /** Finishes a change that was cut off, before anything else is said. @throws ServerFailure when it is not known how. */
  settle(): Promise<void>;
  /** Makes a new one, and goes on with it; what the server refuses now is tried again by `settle`. */
  change(): Promise<void>;
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
  };

  /** In quarantine only one of several machines may change the key; the others go on with what they have. */
  function toleratingRefusal(error: unknown): void {
    if (!(error instanceof ServerFailure && error.problem?.code === 'endpoint-quarantined')) throw error;
  }

  function toleratingAnyFailure(error: unknown): void {
    if (!(error instanceof ServerFailure)) throw error;
    log.warn(`the change of this endpoint's key is finished later: ${error.message}`);
  }
}
