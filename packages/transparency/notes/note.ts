import { sign, verify } from 'node:crypto';
import type { SigningKey } from '@thimble/protocol/signing';
import type { VerifierKey } from './verifier-key.ts';

/** A text with signature lines below it (c2sp.org/signed-note). Nothing of it is believed before `verifiedBy`. */
export interface Note {
  /** Ends with a line break; what is signed. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  /** Without the key's id. */
  readonly bytes: Buffer;
  /** The whole line, with its line break. */
  readonly line: string;
}

/** Both as the reference implementation has them. */
const MOST_BYTES = 1_000_000;
const MOST_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
const LINE = /^— ([^\s+\p{Cc}\p{Z}]{1,512}) ([A-Za-z0-9+/]+={0,2})$/u;

/** undefined: it is no signed note. */
export function parseNote(note: string): Note | undefined {
  // Of the control characters only the line break may stand in a note.
  if (Buffer.byteLength(note) > MOST_BYTES || /[^\n\P{Cc}]|\uFFFD/u.test(note)) return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end < 0 || !note.endsWith('\n')) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return undefined;
  const signatures: NoteSignature[] = [];
  for (const line of lines) {
    const signature = parseSignatureLine(line);
    if (signature === undefined) return undefined;
    signatures.push(signature);
  }
  return { text: note.slice(0, end + 1), signatures };
}

function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name, base64] = LINE.exec(line) ?? [];
  if (name === undefined || base64 === undefined) return undefined;
  const decoded = Buffer.from(base64, 'base64');
  if (decoded.length <= KEY_ID_BYTES || decoded.toString('base64') !== base64) return undefined;
  const keyId = decoded.subarray(0, KEY_ID_BYTES).toString('hex');
  return { name, keyId, bytes: decoded.subarray(KEY_ID_BYTES), line: `${line}\n` };
}

/** The note with one signature; `text` ends with a line break. */
export function signNote(text: string, { name, keyId }: VerifierKey, { privateKey }: SigningKey): string {
  return `${text}\n${signatureLine(name, keyId, sign(null, Buffer.from(text), privateKey))}`;
}

export function signatureLine(name: string, keyId: string, signature: Uint8Array): string {
  const bytes = Buffer.concat([Buffer.from(keyId, 'hex'), signature]);
  return `— ${name} ${bytes.toString('base64')}\n`;
}

/** Whether this key signed the text; one good signature among several of the same key is not enough. */
export function verifiedBy({ text, signatures }: Note, { name, keyId, kind, key }: VerifierKey): boolean {
  const own = signatures.filter((signature) => signature.name === name && signature.keyId === keyId);
  return (
    kind === 'ed25519' &&
    own.length > 0 &&
    own.every(({ bytes }) => bytes.length === 64 && verify(null, Buffer.from(text), key, bytes))
  );
}
