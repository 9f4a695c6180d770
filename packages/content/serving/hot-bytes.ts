/** Bytes that several clients ask for: small files, and pieces of large ones. The least recently used are forgotten first. */
export class HotBytes {
  readonly #limitBytes: number;
  readonly #kept = new Map<string, Buffer>();
  readonly #loading = new Map<string, Promise<Buffer>>();
  #sizeBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get(key: string): Buffer | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found;
  }

  /** Reads what is not here, once for all who ask meanwhile. @param keep whether it is kept afterwards */
  load(key: string, read: () => Promise<Buffer>, keep: boolean): Promise<Buffer> {
    const underWay = this.#loading.get(key);
    if (underWay !== undefined) return underWay;
    const loading = read()
      .then((bytes) => {
        if (keep) this.keep(key, bytes);
        return bytes;
      })
      .finally(() => this.#loading.delete(key));
    this.#loading.set(key, loading);
    return loading;
  }

  keep(key: string, bytes: Buffer): void {
    if (bytes.length > this.#limitBytes || this.#kept.has(key)) return;
    this.#kept.set(key, bytes);
    this.#sizeBytes += bytes.length;
    for (const [oldest, old] of this.#kept) {
      if (this.#sizeBytes <= this.#limitBytes) return;
      this.#kept.delete(oldest);
      this.#sizeBytes -= old.length;
    }
  }
}
