/** Small files by digest, the least recently used ones forgotten first. */
export class HotFiles {
  readonly #limitBytes: number;
  readonly #files = new Map<string, Buffer>();
  #sizeBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get(sha256: string): Buffer | undefined {
    const found = this.#files.get(sha256);
    if (found === undefined) return undefined;
    this.#files.delete(sha256);
    this.#files.set(sha256, found);
    return found;
  }

  add(sha256: string, bytes: Buffer): void {
    if (bytes.length > this.#limitBytes || this.#files.has(sha256)) return;
    this.#files.set(sha256, bytes);
    this.#sizeBytes += bytes.length;
    for (const [oldest, old] of this.#files) {
      if (this.#sizeBytes <= this.#limitBytes) return;
      this.#files.delete(oldest);
      this.#sizeBytes -= old.length;
    }
  }
}
