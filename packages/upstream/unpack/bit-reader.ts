import { closeSync, openSync, readSync } from 'node:fs';
import { CHUNK_BYTES } from './limits.ts';

/** A file's bits, most significant first. A resource: close it. */
export class BitReader {
  readonly #descriptor: number;
  readonly #bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  #length = 0;
  #at = 0;
  #held = 0;
  #heldBits = 0;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
  }

  /** @param count at most 24. @throws RangeError when the file ends before */
  read(count: number): number {
    while (this.#heldBits < count) {
      this.#held = ((this.#held << 8) | this.#nextByte()) >>> 0;
      this.#heldBits += 8;
    }
    this.#heldBits -= count;
    const value = (this.#held >>> this.#heldBits) & ((1 << count) - 1);
    this.#held &= (1 << this.#heldBits) - 1;
    return value;
  }

  read32(): number {
    return ((this.read(16) << 16) | this.read(16)) >>> 0;
  }

  /** On to the next whole byte. */
  align(): void {
    this.#heldBits -= this.#heldBits % 8;
    this.#held &= (1 << this.#heldBits) - 1;
  }

  /** Whether the file has no byte more. */
  atEnd(): boolean {
    return this.#heldBits === 0 && this.#at >= this.#length && !this.#fill();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #nextByte(): number {
    if (this.#at >= this.#length && !this.#fill()) throw new RangeError('unexpected end of file');
    const byte = this.#bytes[this.#at] ?? 0;
    this.#at += 1;
    return byte;
  }

  #fill(): boolean {
    this.#at = 0;
    this.#length = readSync(this.#descriptor, this.#bytes, 0, CHUNK_BYTES, null);
    return this.#length > 0;
  }
}
