import type { SigningKey } from '@thimble/protocol/signing';
import { HASH_BYTES } from '../merkle/hash.ts';
import type { TreeHead } from '../merkle/verify.ts';
import { type Note, parseNote, signNote, verifiedBy } from './note.ts';
import type { VerifierKey } from './verifier-key.ts';

/** What a log was at one moment (c2sp.org/tlog-checkpoint): signed, so that it can be held against the log for ever. */
export interface Checkpoint extends TreeHead {
  /** Names the log, and no other. */
  readonly origin: string;
}

/** The note's text, without a signature. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** @param log Its name is the origin. */
export function signCheckpoint({ size, root }: TreeHead, log: VerifierKey, key: SigningKey): string {
  return signNote(checkpointText({ origin: log.name, size, root }), log, key);
}

/** undefined: the note's text is no checkpoint. Its extension lines are signed, and mean nothing here. */
export function readCheckpoint({ text }: Note): Checkpoint | undefined {
  const [origin = '', sizeText = '', base64 = '', ...rest] = text.split('\n');
  const extensions = rest.slice(0, -1);
  const size = Number(sizeText);
  const root = Buffer.from(base64, 'base64');
  const good =
    origin !== '' &&
    /^(0|[1-9]\d{0,15})$/.test(sizeText) &&
    Number.isSafeInteger(size) &&
    root.length === HASH_BYTES &&
    root.toString('base64') === base64 &&
    rest.length > 0 &&
    extensions.every((line) => line !== '');
  return good ? { origin, size, root } : undefined;
}

/** The checkpoint, if this log signed it; undefined otherwise. */
export function openCheckpoint(note: string, log: VerifierKey): Checkpoint | undefined {
  const parsed = parseNote(note);
  if (parsed === undefined || !verifiedBy(parsed, log)) return undefined;
  const checkpoint = readCheckpoint(parsed);
  return checkpoint?.origin === log.name ? checkpoint : undefined;
}
