import { armor, enums } from 'openpgp';
import { ContentFault } from '../model/index.ts';

/** One block of ASCII armour, RFC 9580 clause 6.2. */
export interface ArmorBlock {
  /** `PGP SIGNATURE`, `PGP PUBLIC KEY BLOCK` ... */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** The armoured blocks of a text (one byte is one code unit). What stands between them is passed over: it is no part of any. @throws ContentFault `malformed` */
export function dearmor(text: string, name: string): readonly ArmorBlock[] {
  const blocks: ArmorBlock[] = [];
  let open: { readonly type: string; readonly base64: string[]; inHeaders: boolean } | null = null;
  for (const raw of text.split('\n')) {
    const line = withoutTrailingBlanks(raw);
    const [, mark, type] = /^-----(BEGIN|END) ([A-Z0-9 /]{1,40})-----$/.exec(line) ?? [];
    if (mark === 'BEGIN' && type !== undefined) {
      if (open !== null) throw malformed(name, `a block begins inside another one`);
      open = { type, base64: [], inHeaders: true };
    } else if (mark === 'END') {
      if (open === null || open.type !== type) throw malformed(name, `a block ends that did not begin`);
      blocks.push({ type: open.type, bytes: decodeBody(open.base64, name) });
      open = null;
    } else if (open !== null) {
      // Headers such as `Version:` end with an empty line, which old programs leave out when there are none.
      if (!open.inHeaders) open.base64.push(line);
      else if (!line.includes(': ')) {
        open.inHeaders = false;
        open.base64.push(line);
      }
    }
  }
  if (open !== null) throw malformed(name, `the ${open.type} does not end`);
  return blocks;
}

/**
 * Binary keys as one text block (RFC 9580 clause 6.2), for clients that read keys from text files. With the checksum: GnuPG 2.2 fails over a
 * block that ends with padding and has none.
 */
export function armorKeys(keys: readonly Uint8Array[]): string {
  return armor(enums.armor.publicKey, new Uint8Array(Buffer.concat(keys)), undefined, undefined, undefined, true);
}

/** Whether a file is armour rather than binary: OpenPGP packets begin with a byte above 0x7f. */
export function isArmored(bytes: Uint8Array): boolean {
  return (bytes[0] ?? 0) < 0x80;
}

/** Trailing blanks are no part of a signed line (RFC 9580 clause 7.2), and mean nothing in armour. Linear, whatever comes. */
export function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0) {
    const unit = line.charCodeAt(end - 1);
    if (unit !== 0x20 && unit !== 0x09 && unit !== 0x0d) break;
    end -= 1;
  }
  return end === line.length ? line : line.slice(0, end);
}

function decodeBody(lines: readonly string[], name: string): Uint8Array {
  // The checksum (`=abcd`) is not looked at, as the RFC advises: the signature says more.
  const base64 = lines.filter((line) => !/^=[A-Za-z0-9+/]{4}$/.test(line)).join('');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) throw malformed(name, 'it has characters that are not base64');
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

function malformed(name: string, why: string): ContentFault {
  return new ContentFault('malformed', `${name} is not OpenPGP armour: ${why}`, { path: name });
}
