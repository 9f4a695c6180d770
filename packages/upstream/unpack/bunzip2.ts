import { BitReader } from './bit-reader.ts';

/**
 * The content of a bzip2 file, block by block. Written here because what is published for Node does not end on hostile input
 * (see docs/adr): every loop below is bounded by the block's size or by bits that the file really has.
 *
 * @throws Error for what is no bzip2, damaged (each block's and the whole's CRC are checked) or cut off
 */
export function* bunzip2(path: string): Generator<Uint8Array> {
  const bits = new BitReader(path);
  try {
    do yield* stream(bits);
    while (!bits.atEnd());
  } finally {
    bits.close();
  }
}

const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;

function* stream(bits: BitReader): Generator<Uint8Array> {
  if (bits.read(24) !== 0x425a68) throw new Error('no bzip2 data');
  const level = bits.read(8) - 0x30;
  if (level < 1 || level > 9) throw new Error('no bzip2 block size');
  const block = new Uint32Array(level * 100_000);
  let streamCrc = 0;
  for (;;) {
    const magic = [bits.read(24), bits.read(24)] as const;
    const crc = bits.read32();
    if (magic[0] === END_MAGIC[0] && magic[1] === END_MAGIC[1]) {
      if (crc !== streamCrc) throw new Error('the checksum of the whole is wrong');
      bits.align();
      return;
    }
    if (magic[0] !== BLOCK_MAGIC[0] || magic[1] !== BLOCK_MAGIC[1])
      throw new Error('a block does not begin as it should');
    if (bits.read(1) === 1) throw new Error('randomised blocks are obsolete and not read');
    const origin = bits.read(24);
    const length = readSymbols(bits, block);
    if (origin >= length) throw new Error('a block begins outside of itself');
    yield* restore(block, length, origin, crc);
    streamCrc = (((streamCrc << 1) | (streamCrc >>> 31)) ^ crc) >>> 0;
  }
}

const GROUP_SIZE = 50;
const RUN_B = 1;

/** Huffman codes, run lengths and move-to-front: the block as the Burrows-Wheeler transform left it. @returns its length */
function readSymbols(bits: BitReader, block: Uint32Array): number {
  const used = readUsedBytes(bits);
  const end = used.length + 1;
  const { tables, selectors } = readTables(bits, end + 1);
  let length = 0;
  let run = 0;
  let runUnit = 1;
  for (let count = 0; ; count += 1) {
    const table = tables[selectors[Math.floor(count / GROUP_SIZE)] ?? tables.length];
    if (table === undefined) throw new Error('a block has more symbols than it says');
    const symbol = decode(bits, table);
    if (symbol <= RUN_B) {
      run += runUnit << symbol;
      runUnit <<= 1;
      if (run > block.length - length) throw new Error('a run is longer than its block');
      continue;
    }
    if (run > 0) {
      block.fill(used[0] ?? 0, length, length + run);
      length += run;
      run = 0;
      runUnit = 1;
    }
    if (symbol === end) return length;
    if (length >= block.length) throw new Error('a block is longer than it may be');
    const byte = used[symbol - 1];
    if (byte === undefined) throw new Error('a block has a symbol that it does not use');
    used.copyWithin(1, 0, symbol - 1);
    used[0] = byte;
    block[length] = byte;
    length += 1;
  }
}

function readUsedBytes(bits: BitReader): Uint8Array {
  const rows = bits.read(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row += 1) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = bits.read(16);
    for (let column = 0; column < 16; column += 1)
      if ((columns & (0x8000 >> column)) !== 0) used.push(row * 16 + column);
  }
  if (used.length === 0) throw new Error('a block uses no bytes');
  return Uint8Array.from(used);
}

interface Table {
  /** By length of code: the largest code of it, and what to add to get its place in `symbols`. */
  readonly last: Int32Array;
  readonly offset: Int32Array;
  readonly symbols: readonly number[];
}

const LONGEST_CODE = 20;

function readTables(
  bits: BitReader,
  symbolCount: number,
): { readonly tables: readonly Table[]; readonly selectors: Uint8Array } {
  const groups = bits.read(3);
  if (groups < 2 || groups > 6) throw new Error('a block has an impossible number of tables');
  const selectors = new Uint8Array(bits.read(15));
  if (selectors.length === 0) throw new Error('a block selects no table');
  const order = [0, 1, 2, 3, 4, 5].slice(0, groups);
  for (let index = 0; index < selectors.length; index += 1) {
    let place = 0;
    while (bits.read(1) === 1) {
      place += 1;
      if (place >= groups) throw new Error('a block selects a table that is not there');
    }
    const [table = 0] = order.splice(place, 1);
    order.unshift(table);
    selectors[index] = table;
  }
  return { tables: order.map(() => readTable(bits, symbolCount)), selectors };
}

function readTable(bits: BitReader, symbolCount: number): Table {
  const lengths: number[] = [];
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbolCount; symbol += 1) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) throw new Error('a code has an impossible length');
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths.push(length);
  }
  const last = new Int32Array(LONGEST_CODE + 1).fill(-1);
  const offset = new Int32Array(LONGEST_CODE + 1);
  const symbols: number[] = [];
  let code = 0;
  for (let size = 1; size <= LONGEST_CODE; size += 1) {
    offset[size] = symbols.length - code;
    for (const [symbol, its] of lengths.entries()) if (its === size) symbols.push(symbol);
    const count = symbols.length - (offset[size] ?? 0) - code;
    code += count;
    last[size] = count === 0 ? -1 : code - 1;
    code <<= 1;
  }
  return { last, offset, symbols };
}

function decode(bits: BitReader, { last, offset, symbols }: Table): number {
  let code = 0;
  for (let size = 1; size <= LONGEST_CODE; size += 1) {
    code = (code << 1) | bits.read(1);
    if (code > (last[size] ?? -1)) continue;
    const symbol = symbols[code + (offset[size] ?? 0)];
    if (symbol !== undefined) return symbol;
    break;
  }
  throw new Error('a code stands for nothing');
}

/** One piece of what a block expands to: 900 kB of runs make 46 MB. */
const PIECE_BYTES = 512 * 1024;

/** Undoes the Burrows-Wheeler transform and the first run-length coding; checks the block's CRC. */
function* restore(block: Uint32Array, length: number, origin: number, crc: number): Generator<Uint8Array> {
  invert(block, length);
  let piece = Buffer.allocUnsafe(PIECE_BYTES);
  let filled = 0;
  let sum = 0xffffffff;
  let position = (block[origin] ?? 0) >>> 8;
  let before = -1;
  let same = 0;
  for (let index = 0; index < length; index += 1) {
    const entry = block[position] ?? 0;
    position = entry >>> 8;
    const byte = entry & 0xff;
    // Four equal bytes are followed by how often they are repeated besides.
    const isCount = same === 4;
    const value = isCount ? before : byte;
    for (let left = isCount ? byte : 1; left > 0; left -= 1) {
      sum = ((sum << 8) ^ (CRC[(sum >>> 24) ^ value] ?? 0)) >>> 0;
      piece[filled] = value;
      filled += 1;
      if (filled < PIECE_BYTES) continue;
      yield piece;
      piece = Buffer.allocUnsafe(PIECE_BYTES);
      filled = 0;
    }
    if (isCount) same = 0;
    else same = byte === before ? same + 1 : 1;
    before = isCount ? -1 : byte;
  }
  if (~sum >>> 0 !== crc) throw new Error('the checksum of a block is wrong');
  if (filled > 0) yield piece.subarray(0, filled);
}

/** Links each place of the transformed block with its successor: in the upper 24 bits, above the byte. */
function invert(block: Uint32Array, length: number): void {
  const starts = new Uint32Array(257);
  for (let index = 0; index < length; index += 1) {
    const next = ((block[index] ?? 0) & 0xff) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let byte = 1; byte < 257; byte += 1) starts[byte] = (starts[byte] ?? 0) + (starts[byte - 1] ?? 0);
  for (let index = 0; index < length; index += 1) {
    const byte = (block[index] ?? 0) & 0xff;
    const place = starts[byte] ?? 0;
    starts[byte] = place + 1;
    block[place] = ((block[place] ?? 0) & 0xff) | (index << 8);
  }
}

const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value >>> 0;
});
