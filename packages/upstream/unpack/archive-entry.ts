/** One file of an archive. */
export interface ArchiveEntry {
  readonly name: string;
  readonly sizeBytes: number;
  /** To be asked for before the next entry is. @throws UpstreamError */
  readonly bytes: () => Promise<Uint8Array>;
}

/** What is unpacked, and how much of it at most. */
export interface UnpackLimits {
  /** For messages. */
  readonly name: string;
  /** Of the unpacked content, of all files together. */
  readonly limitBytes: number;
}
