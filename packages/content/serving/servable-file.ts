import type { Acquisition } from '../model/index.ts';

/** A file that may be served to whoever asked. */
export interface ServableFile {
  readonly kind: 'file';
  /** null: only another digest is known before the bytes are there (FileCheck). */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  readonly contentType: string;
  /** This address has these bytes for ever. */
  readonly immutable: boolean;
  /** The same wherever this address is served; null: not known. */
  readonly lastModified: Date | null;
  /** Gets it when the store does not have it; only called when its bytes are needed. null: it is in the store, or nowhere. */
  readonly acquire: (() => Promise<Acquisition>) | null;
}
