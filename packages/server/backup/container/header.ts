import { randomBytes, scrypt } from 'node:crypto';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { BackupError } from '../backup-error.ts';

/** OWASP's least for scrypt (N 2^17, r 8): 128 MB and some tenths of a second for each guess. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
const COST_MEMORY_BYTES = 256 * 1024 * 1024;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const MAGIC = 'thimble-backup 1 ';
export const HEADER_LIMIT_BYTES = 1024;

/** The first line of a backup, in clear: how to read the rest. It is authenticated with every sealed chunk. */
const Header = Type.Object(
  {
    packing: Type.Literal('zstd'),
    /** Null: not sealed. Else the salt of the passphrase, hex. */
    salt: Type.Union([Type.Null(), Type.String({ pattern: '^[0-9a-f]{32}$' })]),
  },
  { additionalProperties: false },
);
export type Header = Static<typeof Header>;

export function newHeader(isSealed: boolean): Header {
  return { packing: 'zstd', salt: isSealed ? randomBytes(SALT_BYTES).toString('hex') : null };
}

export function printHeader(header: Header): string {
  return `${MAGIC}${JSON.stringify(header)}\n`;
}

/** @throws BackupError `not-a-backup` */
export function parseHeader(line: string): Header {
  try {
    const value: unknown = line.startsWith(MAGIC) ? JSON.parse(line.slice(MAGIC.length)) : undefined;
    if (Value.Check(Header, value)) return value;
  } catch {
    // Said below.
  }
  throw new BackupError('not-a-backup', 'this file is no backup of Thimble, or one of a newer version');
}

/**
 * @throws BackupError `passphrase` when one is needed and none was given, and when one was given for a file that is not sealed:
 *   whoever can write where backups lie would else put one of their own there.
 */
export async function keyOf({ salt }: Header, passphrase: string | undefined): Promise<Buffer | undefined> {
  if (salt === null) {
    if (passphrase === undefined) return undefined;
    throw new BackupError(
      'passphrase',
      'a passphrase was given, and this backup is not sealed: it may be another one than you made. If it is yours, give none.',
    );
  }
  if (passphrase === undefined)
    throw new BackupError(
      'passphrase',
      'this backup is sealed: give its passphrase (--passphrase-file, or THIMBLE_BACKUP_PASSPHRASE)',
    );
  return new Promise((resolve, reject) => {
    scrypt(
      passphrase.normalize('NFC'),
      Buffer.from(salt, 'hex'),
      KEY_BYTES,
      { ...COST, maxmem: COST_MEMORY_BYTES },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}
