import { ContentFault } from '../model/index.ts';
import { withoutTrailingBlanks } from './armor.ts';

const MESSAGE = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const SIGNATURE_END = '-----END PGP SIGNATURE-----';

/** A clearsigned message, taken apart: nothing of it is verified yet. */
export interface ClearsignedParts {
  /** Without the dashes' escapes, lines end with LF, without the last line's end, which is not signed. One byte is one code unit. */
  readonly text: string;
  /** The armoured signature. */
  readonly signature: string;
}

/**
 * Takes a clearsigned message apart as apt does (`SplitClearSignedFile`), which is stricter than gpgv: a file that has anything before,
 * after or beside one signed text and its signature is refused, because some reader may take it for signed.
 *
 * @throws ContentFault `unsigned` (no such message), `malformed`
 */
export function splitClearsigned(file: string, name: string): ClearsignedParts {
  const lines = file.split('\n').map(withoutTrailingBlanks);
  if (lines[0] !== MESSAGE) throw notAtTheStart(lines, name);
  const headersEnd = lines.indexOf('', 1);
  const signatureAt = lines.indexOf(SIGNATURE, 1);
  const end = lines.indexOf(SIGNATURE_END, 1);
  if (signatureAt === -1 || end === -1) throw malformed(name, 'it has no whole signature: it is cut off');
  if (headersEnd === -1 || headersEnd > signatureAt) throw malformed(name, 'no empty line ends its headers');
  if (!lines.slice(1, headersEnd).every((line) => line.startsWith('Hash: ')))
    throw malformed(name, 'it has headers other than Hash, which some readers would take for text');
  if (end < signatureAt || lines.slice(end + 1).some((line) => line !== ''))
    throw malformed(name, 'there is text after its signature, which nobody signed');
  const signature = lines.slice(signatureAt, end + 1);
  if (signature.slice(1, -1).some((line) => line.startsWith('-')))
    throw malformed(name, 'another message begins inside its signature');
  const text = lines.slice(headersEnd + 1, signatureAt).map((line) => unescaped(line, name));
  return { text: text.join('\n'), signature: signature.join('\n') };
}

function unescaped(line: string, name: string): string {
  if (!line.startsWith('-')) return line;
  if (line.startsWith('- ')) return line.slice(2);
  throw malformed(name, `its text has a line that begins with an unescaped dash: ${line.slice(0, 60)}`);
}

function notAtTheStart(lines: readonly string[], name: string): ContentFault {
  if (lines.includes(MESSAGE)) return malformed(name, 'there is text before its signed message, which nobody signed');
  return new ContentFault('unsigned', `${name} has no OpenPGP signature`, { path: name });
}

function malformed(name: string, why: string): ContentFault {
  return new ContentFault('malformed', `${name} is not a clearsigned message that can be trusted: ${why}`, {
    path: name,
  });
}
