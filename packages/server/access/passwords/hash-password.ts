import { type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP Password Storage Cheat Sheet, scrypt: N = 2^17, r = 8, p = 1. */
const COST = { log2N: 17, r: 8, p: 1 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** What a stored string may ask of this machine: 256 MiB. A row that was tampered with must not take its memory. */
const LARGEST = { log2N: 18, r: 8, p: 4 };

/** `scrypt$17$8$1$SALT$KEY`, base64url: the parameters are kept, so that they can grow while old passwords still hold. */
export async function hashPassword(password: string, random: (sizeBytes: number) => Uint8Array): Promise<string> {
  const salt = Buffer.from(random(SALT_BYTES));
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.log2N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/**
 * @param stored undefined: nobody has that login; the same time is spent, so that nobody learns it.
 * @throws Error for a stored string that this code never wrote
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  if (stored === undefined) {
    await derive(password, Buffer.alloc(SALT_BYTES), COST);
    return false;
  }
  const { cost, salt, key } = readStored(stored);
  return timingSafeEqual(await derive(password, salt, cost), key);
}

interface Cost {
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

function readStored(stored: string): { readonly cost: Cost; readonly salt: Buffer; readonly key: Buffer } {
  const [, log2N, r, p, salt, key] =
    /^scrypt\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{16,64})\$([\w-]{43})$/.exec(stored) ?? [];
  const cost = { log2N: Number(log2N), r: Number(r), p: Number(p) };
  const isOurs = cost.log2N >= 14 && cost.log2N <= LARGEST.log2N && cost.r <= LARGEST.r && cost.p <= LARGEST.p;
  if (salt === undefined || key === undefined || !isOurs) throw new Error('a stored password is not one of ours');
  return { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

/** NFC: the same characters typed on another system may come in another form (RFC 8265 section 4.2). */
function derive(password: string, salt: Buffer, { log2N, r, p }: Cost): Promise<Buffer> {
  // Node's own limit of 32 MiB is below what the parameters need: 128 * N * r bytes.
  const options: ScryptOptions = { N: 2 ** log2N, r, p, maxmem: 2 * 128 * 2 ** log2N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
