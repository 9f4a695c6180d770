import { sign, verify } from 'node:crypto';
import type { SigningKey } from '@thimble/protocol/signing';
import { type Note, signatureLine } from './note.ts';
import type { VerifierKey } from './verifier-key.ts';

/** A witness saw this checkpoint, consistent with all that it saw before (c2sp.org/tlog-cosignature). */
export interface Cosignature {
  /** Name of the witness. */
  readonly witness: string;
  /** Unix time, seconds. */
  readonly seenAt: number;
  /** The signature line that says so. */
  readonly line: string;
}

const TIME_BYTES = 8;

/** undefined: this witness did not sign, or one of its signatures does not hold. */
export function verifyCosignature({ text, signatures }: Note, witness: VerifierKey): Cosignature | undefined {
  const { name, keyId, kind, key } = witness;
  const own = signatures.filter((signature) => signature.name === name && signature.keyId === keyId);
  const [first] = own;
  if (kind !== 'cosignature' || first === undefined) return undefined;
  const good = own.every(({ bytes }) => {
    if (bytes.length !== TIME_BYTES + 64) return false;
    const seenAt = bytes.readBigUInt64BE();
    return (
      seenAt <= BigInt(Number.MAX_SAFE_INTEGER) &&
      verify(null, signedMessage(text, Number(seenAt)), key, bytes.subarray(TIME_BYTES))
    );
  });
  return good ? { witness: name, seenAt: Number(first.bytes.readBigUInt64BE()), line: first.line } : undefined;
}

/** The line by which a witness says that it saw the checkpoint; for programs that witness, and for tests. */
export function cosign(note: Note, seenAt: number, { name, keyId }: VerifierKey, key: SigningKey): string {
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seenAt));
  const signature = sign(null, signedMessage(note.text, seenAt), key.privateKey);
  return signatureLine(name, keyId, Buffer.concat([time, signature]));
}

function signedMessage(text: string, seenAt: number): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${seenAt}\n${text}`);
}
