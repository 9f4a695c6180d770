import type { FileKind } from './host.ts';

export interface TreeEntry {
  readonly name: string;
  readonly kind: FileKind;
}

export interface TreeStatus {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** `st_dev` and `st_ino`: the same for the same file, whatever its name is. */
  readonly device: number;
  readonly inode: number;
}

export interface TreeFile extends AsyncDisposable {
  readonly status: TreeStatus;
  /** @throws HostError `too-large` */
  readWhole(limitBytes: number): Promise<Buffer>;
  /** Shorter at the end of the file. */
  readRange(offsetBytes: number, lengthBytes: number): Promise<Buffer>;
}

/**
 * A folder that is read as if it were `/`: absolute links and `..` stay inside, as they would after a chroot. What is in it
 * is not trusted, and may be exchanged while it is read: a link to the real /etc/shadow is not followed, a pipe or device is
 * never opened. Paths are relative to the root, with slashes.
 */
export interface FileTree extends AsyncDisposable {
  /**
   * A regular file; null: there is none.
   * @param links followed inside the root, or refused wherever in the path one is.
   * @throws HostError `permission`, `io`
   */
  open(path: string, links?: 'inside' | 'refuse'): Promise<TreeFile | null>;
  /** `open` and `readWhole`. @throws HostError `too-large`, `permission`, `io` */
  read(path: string, limitBytes: number, links?: 'inside' | 'refuse'): Promise<Buffer | null>;
  /** Names in a folder, sorted; links are followed inside the root. Null: no such folder. @throws HostError `too-large` */
  list(path: string): Promise<readonly string[] | null>;
  /** For walks: what is in a folder that was found to be one, sorted by name. Null: it is gone. @throws HostError */
  entries(path: string): Promise<readonly TreeEntry[] | null>;
  /** For walks: of a link, itself. Null: it is gone. */
  status(path: string): Promise<TreeStatus | null>;
}
