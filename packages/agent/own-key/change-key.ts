import { generateSigningKey, signingKeyFromPem, signingKeyToPem, type SigningKey } from '@thimble/protocol/signing';
import type { Disk } from '../state/disk.ts';
import { FORMER_KEY_FILE, KEY_FILE, NEW_KEY_FILE, readKey } from '../state/identity.ts';

/** What the server says to a new key. Both may be asked again after a lost reply. */
export interface KeyExchange {
  /** Tells the server, with the present key, which one is to take its place. @returns false: it takes another one only. */
  readonly offer: (present: SigningKey, next: SigningKey) => Promise<boolean>;
  /** Uses the new key: from then on it is the one that holds. @returns false: it was never offered. */
  readonly confirm: (next: SigningKey) => Promise<boolean>;
}

/** Offers of keys that the server has seen before; another one is made each time. */
const TRIES = 3;

/** Whether a change was cut off. Which of the two keys holds, only the server knows. */
export async function isChanging(disk: Disk): Promise<boolean> {
  return (await disk.read(NEW_KEY_FILE)) !== null;
}

/** Has a new key ready, which the next check-in introduces. */
export async function prepareKey(disk: Disk): Promise<void> {
  await nextKey(disk);
}

/**
 * Gives the endpoint a new key, or goes on with a change that was cut off: the same steps, whatever was done of them. The
 * new key is on the disk before anybody hears of it, and the present one stays there until the server has taken a
 * request of the new one, so at no moment the only key that holds is lost.
 *
 * @returns the key that holds from now on. @throws ServerFailure when it is not known which: call it again.
 */
export async function changeKey(disk: Disk, exchange: KeyExchange): Promise<SigningKey> {
  const present = await readKey(disk);
  for (let tries = 1; ; tries += 1) {
    const { next, fresh } = await nextKey(disk);
    const holds =
      next.keyid === present.keyid ||
      (!fresh && (await exchange.confirm(next))) ||
      ((await exchange.offer(present, next)) && (await exchange.confirm(next)));
    if (holds) {
      if (next.keyid !== present.keyid) await disk.write(FORMER_KEY_FILE, signingKeyToPem(present));
      await disk.write(KEY_FILE, signingKeyToPem(next));
      await disk.remove(NEW_KEY_FILE);
      return next;
    }
    await disk.remove(NEW_KEY_FILE);
    if (tries === TRIES) return present;
  }
}

/**
 * The present key again, introduced by the one before: for a server whose database was put back to a time before the last
 * change. A server that knows neither, or has replaced both, is told nothing.
 *
 * @returns whether the present key holds now. @throws ServerFailure
 */
export async function reintroduceKey(disk: Disk, exchange: KeyExchange): Promise<boolean> {
  const pem = await disk.read(FORMER_KEY_FILE);
  if (pem === null) return false;
  const present = await readKey(disk);
  return (await exchange.offer(signingKeyFromPem(pem.toString('utf8')), present)) && exchange.confirm(present);
}

async function nextKey(disk: Disk): Promise<{ readonly next: SigningKey; readonly fresh: boolean }> {
  const pem = await disk.read(NEW_KEY_FILE);
  if (pem !== null) return { next: signingKeyFromPem(pem.toString('utf8')), fresh: false };
  const next = generateSigningKey();
  await disk.write(NEW_KEY_FILE, signingKeyToPem(next));
  return { next, fresh: true };
}
