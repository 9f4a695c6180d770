/** Reads a stream by count. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #parts: Buffer[] = [];
  #heldBytes = 0;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** So many bytes, or as many as there are left. */
  async upTo(sizeBytes: number): Promise<Buffer> {
    while (this.#heldBytes < sizeBytes && (await this.#more()));
    const held = Buffer.concat(this.#parts);
    const taken = held.subarray(0, sizeBytes);
    const rest = held.subarray(sizeBytes);
    this.#parts = rest.length === 0 ? [] : [rest];
    this.#heldBytes = rest.length;
    return taken;
  }

  async atEnd(): Promise<boolean> {
    while (this.#heldBytes === 0 && (await this.#more()));
    return this.#heldBytes === 0;
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#source.next();
    if (next.done === true) {
      this.#ended = true;
      return false;
    }
    this.#parts.push(Buffer.from(next.value));
    this.#heldBytes += next.value.length;
    return true;
  }
}
