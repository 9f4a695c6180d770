import { countSignatures, signaturesInWords, type StatementProgress } from '@thimble/protocol';
import { printable } from '../../terminal/index.ts';

/** `2 of 2 (Ada, Bob), a key file is still missing`. */
export function progressInWords(progress: StatementProgress, verb = ''): string {
  const names = progress.signed.map(({ name }) => printable(name)).join(', ');
  return signaturesInWords(progress, countSignatures(progress.signed), `${verb}${names === '' ? '' : ` (${names})`}`);
}
