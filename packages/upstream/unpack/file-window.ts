import { closeSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { RandomAccessReader } from 'yauzl';
import { CHUNK_BYTES } from './limits.ts';

/**
 * Random access to a file through two windows, one for the archive's directory and one for its content: a zip of 200,000
 * small files would else cost a million system calls.
 */
export class FileWindow extends RandomAccessReader {
  readonly #descriptor: number;
  readonly #windows: [Window, Window] = [emptyWindow(), emptyWindow()];

  constructor(path: string) {
    super();
    this.#descriptor = openSync(path, 'r');
  }

  /** @throws RangeError when the file ends before */
  slice(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    this.#fill(bytes, position);
    return bytes;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    let failure: Error | null = null;
    try {
      this.#fill(buffer.subarray(offset, offset + length), position);
    } catch (error) {
      failure = error instanceof Error ? error : new Error(String(error));
    }
    // Later: yauzl assumes that reading is never done before it has returned.
    process.nextTick(callback, failure);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from([this.slice(start, end - start)]);
  }

  override close(callback: (error: Error | null) => void): void {
    closeSync(this.#descriptor);
    callback(null);
  }

  #fill(target: Buffer, position: number): void {
    if (target.length > CHUNK_BYTES) {
      if (readFully(this.#descriptor, target, position) < target.length) throw new RangeError('unexpected end of file');
      return;
    }
    const end = position + target.length;
    let [window, other] = this.#windows;
    if (!covers(window, position, end)) [window, other] = [other, window];
    if (!covers(window, position, end)) {
      window.start = position;
      window.length = readFully(this.#descriptor, window.bytes, position);
      if (window.length < target.length) throw new RangeError('unexpected end of file');
    }
    this.#windows[0] = window;
    this.#windows[1] = other;
    window.bytes.copy(target, 0, position - window.start, end - window.start);
  }
}

interface Window {
  readonly bytes: Buffer;
  start: number;
  length: number;
}

function emptyWindow(): Window {
  return { bytes: Buffer.allocUnsafe(CHUNK_BYTES), start: 0, length: 0 };
}

function covers({ start, length }: Window, from: number, to: number): boolean {
  return from >= start && to <= start + length;
}

function readFully(descriptor: number, target: Buffer, position: number): number {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(descriptor, target, filled, target.length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}
