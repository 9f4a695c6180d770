import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** A file or folder of an archive; folders end in `/`. All belong to root. */
export interface Entry {
  /** `./usr/bin/thimble` */
  readonly name: string;
  readonly mode: number;
  readonly data?: Uint8Array;
}

const BLOCK = 512;
const compress = promisify(gzip);
/** Level 9 costs three times the time of 6 and saves a hundredth. */
const LEVEL = 6;

/** A tar archive (ustar, POSIX.1-2017 pax), compressed with gzip: the form that every dpkg reads. @param epoch Unix time, seconds. */
export async function tarGz(entries: readonly Entry[], epoch: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const data = entry.data ?? new Uint8Array();
    parts.push(header(entry, data.byteLength, epoch), data, Buffer.alloc(padding(data.byteLength, BLOCK)));
  }
  parts.push(Buffer.alloc(2 * BLOCK));
  // zlib writes no time and no name: the same input gives the same bytes.
  return compress(Buffer.concat(parts), { level: LEVEL });
}

function header({ name, mode, data }: Entry, sizeBytes: number, epoch: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new Error(`the name is too long for ustar: ${name}`);
  const octal = (value: number, offset: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, '0')}\0`, offset, 'ascii');
  block.write(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(sizeBytes, 124, 12);
  octal(epoch, 136, 12);
  block.fill(' ', 148, 156);
  block.write(data === undefined ? '5' : '0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  block.write('root', 265);
  block.write('root', 297);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return block;
}

/** The common ar format, as deb(5) describes it. */
export function ar(members: readonly { readonly name: string; readonly data: Uint8Array }[], epoch: number): Buffer {
  const parts: Uint8Array[] = [Buffer.from('!<arch>\n')];
  for (const { name, data } of members) {
    const words = [
      name.padEnd(16),
      String(epoch).padEnd(12),
      '0'.padEnd(6),
      '0'.padEnd(6),
      '100644'.padEnd(8),
      String(data.byteLength).padEnd(10),
    ];
    parts.push(Buffer.from(`${words.join('')}\`\n`), data, Buffer.alloc(padding(data.byteLength, 2), '\n'));
  }
  return Buffer.concat(parts);
}

function padding(length: number, unit: number): number {
  return (unit - (length % unit)) % unit;
}
