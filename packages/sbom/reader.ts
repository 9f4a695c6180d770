import type { Component } from './component.ts';

/** Something in a file that could not be placed: shown, never taken for nothing. */
export interface ReadGap {
  readonly what: string;
  readonly why: string;
}

export interface ReadOutcome {
  readonly components: readonly Component[];
  readonly gaps: readonly ReadGap[];
}

/**
 * Reads one kind of file that names software. Adding one is a folder (or a file in its ecosystem's folder) and a line in
 * `readers/registry.ts`. Pure: the caller walks folders and reads bytes.
 */
export interface Reader {
  /** `npm/package-lock` */
  readonly id: string;
  /** What people call the files: `package-lock.json, npm-shrinkwrap.json`. */
  readonly files: string;
  /** Whether a file is this reader's, by its path alone (slashes, relative): cheap, called for every file of a tree. */
  readonly matches: (path: string) => boolean;
  /** @throws SbomError for a file that as a whole is not of its format. */
  readonly read: (bytes: Uint8Array, path: string) => ReadOutcome;
}

/** A file that a person gave, or that was found, is not what it should be. */
export class SbomError extends Error {
  readonly code: 'malformed' | 'unsupported' | 'too-large';
  constructor(code: SbomError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SbomError';
    this.code = code;
  }
}

export const SBOM_LIMITS = {
  /** The largest lock files of real monorepos have 30 MB. */
  fileBytes: 64 * 1024 * 1024,
  componentsPerFile: 200_000,
} as const;
