import type { FileTree } from './file-tree.ts';

/** How a command ended. Output is cut at `maxOutputBytes`; then `truncated` is true and the command was not stopped. */
export interface CommandResult {
  /** Exit status; null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
  /** The deadline passed, or the caller's signal fired: the whole process group was killed. */
  readonly stopped: 'deadline' | 'aborted' | null;
}

export interface CommandOptions {
  /** Added to a minimal environment with PATH, `LC_ALL=C.UTF-8`; nothing of the caller's own environment leaks in. */
  readonly env?: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
  readonly maxOutputBytes?: number;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
}

/**
 * A command that must outlive whoever started it (an installation under way is never torn down because the agent
 * dies). Its output and exit status go to files in `directory`, so that a later process can find out how it ended.
 */
export interface DetachedCommand {
  /** A name of its own, also the transient systemd unit's where systemd runs. */
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Absolute path of an existing directory of this command alone. It gets `output` (stdout and stderr), `status` (what
   * the command writes to descriptor 3, for APT::Status-Fd) and `exit-code` (see detachedExitCode).
   */
  readonly directory: string;
  /** Its work is thrown away: it is bounded, gentle, and killed without warning when it is stopped. Left out: it must come to its end. */
  readonly limits?: DetachedLimits;
}

/** Held by systemd where it runs, and nowhere else: who needs them everywhere holds them too. */
export interface DetachedLimits {
  readonly memoryBytes: number;
  readonly processes: number;
  readonly deadlineMs: number;
}

export type FileKind = 'file' | 'directory' | 'link' | 'other';

export interface FileStatus {
  readonly kind: FileKind;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  readonly ownerId: number;
  /** Permission bits, without the kind: 0o755. */
  readonly mode: number;
}

/**
 * The machine that a driver works on: this one, one over SSH, a trial's clone, or a recording in a test. A driver has
 * no other way to touch the world. Paths are absolute. What does not exist is `null`; other failures throw HostError.
 */
export interface Host {
  run(argv: readonly string[], options: CommandOptions): Promise<CommandResult>;
  startDetached(command: DetachedCommand): Promise<void>;
  /** Whether the detached command of that name still runs. */
  detachedRuns(command: Pick<DetachedCommand, 'name' | 'directory'>): Promise<boolean>;
  stopDetached(command: Pick<DetachedCommand, 'name' | 'directory'>): Promise<void>;

  /** @throws HostError `too-large` when the file has more than `maxBytes`. */
  readFile(path: string, options: { readonly maxBytes: number }): Promise<Buffer | null>;
  /** At most `lengthBytes` from `offsetBytes` on; empty at the end of the file. For files too large to hold whole. */
  readRange(
    path: string,
    range: { readonly offsetBytes: number; readonly lengthBytes: number },
  ): Promise<Buffer | null>;
  /** Names only, unsorted. */
  listDirectory(path: string): Promise<readonly string[] | null>;
  readLink(path: string): Promise<string | null>;
  /** Of a link, itself. */
  stat(path: string): Promise<FileStatus | null>;
  /** A folder as a root of its own, for what is not trusted; whoever asks disposes of it. */
  tree(path: string): Promise<FileTree | null>;
  /** Bytes that are free for the caller on the file system that holds the path. */
  freeBytes(path: string): Promise<number | null>;

  /** Atomic: a temporary file beside it, fsync, rename. */
  writeFile(path: string, data: string | Uint8Array, options?: { readonly mode?: number }): Promise<void>;
  makeDirectory(path: string, options?: { readonly mode?: number }): Promise<void>;
  /** Recursively; nothing happens when it does not exist. */
  remove(path: string): Promise<void>;
  /** Hard link, or a copy where that is not possible. */
  copyFile(from: string, to: string): Promise<void>;

  /** A process of ours on that machine, which no order should restart; null: none. */
  readonly ownProcessId: number | null;
  now(): Date;
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Whether the driver may change the machine (root). */
  readonly privileged: boolean;
}

export class HostError extends Error {
  readonly code: 'not-found' | 'too-large' | 'permission' | 'disk-full' | 'unreachable' | 'io';
  constructor(code: HostError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
