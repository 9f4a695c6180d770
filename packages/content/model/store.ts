import type { Readable } from 'node:stream';

/** Content-addressed files. A name is there only when all of its bytes are. Safe for several processes on one store. */
export interface ContentStore {
  /** For messages and settings pages: `folder /var/lib/thimble/content`, `s3 bucket/prefix`. */
  readonly description: string;
  /** @returns the size in bytes; null: not there */
  has(sha256: string): Promise<number | null>;
  /**
   * Takes a finished local file, whose digest the caller has checked, into the store: durable when it resolves (fsync of file and
   * folder, or the service's word). The local file is gone afterwards. Nothing happens when the store has it already.
   *
   * @throws StoreError `disk-full`, `unavailable`
   */
  adopt(sha256: string, localPath: string): Promise<void>;
  /** @throws StoreError `missing` */
  read(sha256: string, range?: { readonly first: number; readonly last: number }): Promise<Readable>;
  /** Path of the file on this machine, for fast serving; null: it is elsewhere. Does not look whether it is there. */
  localPath(sha256: string): string | null;
  /** Nothing happens when it is not there. */
  remove(sha256: string): Promise<void>;
  /** In no order. What is not named like content is not listed. */
  list(): AsyncIterable<{ readonly sha256: string; readonly sizeBytes: number; readonly storedAt: Date }>;
  /** null: not limited or not known. */
  space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number } | null>;
  /** A folder on this machine, on the store's own file system where it has one, for what is being fetched. */
  readonly workDirectory: string;
}

export class StoreError extends Error {
  readonly code: 'missing' | 'disk-full' | 'unavailable' | 'damaged';
  constructor(code: StoreError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
