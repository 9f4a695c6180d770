import type { TreeStatus } from '../file-tree.ts';
import { type Host, HostError } from '../host.ts';
import type { FolderRole } from './software-places.ts';

/** Written by this agent alone, whole or not at all. */
interface Kept {
  readonly format: 1;
  readonly folders: (readonly [
    place: string,
    role: FolderRole,
    modifiedAtMs: number,
    folders: readonly (readonly [name: string, role: FolderRole])[],
    files: readonly string[],
  ])[];
  readonly files: (readonly [
    place: string,
    modifiedAtMs: number,
    sizeBytes: number,
    purls: readonly string[],
    gaps: readonly string[],
  ])[];
}
const KEPT_MAX_BYTES = 128 * 1024 * 1024;

export interface KnownFolder {
  readonly folders: readonly (readonly [name: string, role: FolderRole])[];
  /** Those that state packages. */
  readonly files: readonly string[];
}

export interface StatedPackages {
  readonly purls: readonly string[];
  readonly gaps: readonly string[];
}

type FileStatus = Pick<TreeStatus, 'modifiedAtMs' | 'sizeBytes'>;

/** What a walk found, so that the next one reads only what changed. Only what is looked at again is kept. */
export class FolderMemory {
  readonly #folders: Map<string, Kept['folders'][number]>;
  readonly #files: Map<string, Kept['files'][number]>;
  readonly #kept: Kept = { format: 1, folders: [], files: [] };

  constructor(before: Kept = { format: 1, folders: [], files: [] }) {
    this.#folders = new Map(before.folders.map((each) => [each[0], each]));
    this.#files = new Map(before.files.map((each) => [each[0], each]));
  }

  folder(place: string, role: FolderRole, modifiedAtMs: number): KnownFolder | null {
    const known = this.#folders.get(place);
    if (known === undefined || known[1] !== role || known[2] !== modifiedAtMs) return null;
    return { folders: known[3], files: known[4] };
  }

  /** @param modifiedAtMs 0: it may change within the same tick; not to be relied on. */
  keepFolder(place: string, role: FolderRole, modifiedAtMs: number, { folders, files }: KnownFolder): void {
    this.#kept.folders.push([place, role, modifiedAtMs, folders, files]);
  }

  file(place: string, { modifiedAtMs, sizeBytes }: FileStatus): StatedPackages | null {
    const known = this.#files.get(place);
    if (known === undefined || known[1] !== modifiedAtMs || known[2] !== sizeBytes) return null;
    return { purls: known[3], gaps: known[4] };
  }

  keepFile(place: string, { modifiedAtMs, sizeBytes }: FileStatus, { purls, gaps }: StatedPackages): void {
    this.#kept.files.push([place, modifiedAtMs, sizeBytes, purls, gaps]);
  }

  toString(): string {
    return JSON.stringify(this.#kept);
  }
}

export async function readFolderMemory(host: Host, file: string): Promise<FolderMemory> {
  try {
    const bytes = await host.readFile(file, { maxBytes: KEPT_MAX_BYTES });
    const kept = JSON.parse(bytes?.toString('utf8') ?? 'null') as Partial<Kept> | null;
    const isOurs = kept?.format === 1 && Array.isArray(kept.folders) && Array.isArray(kept.files);
    return isOurs ? new FolderMemory(kept as Kept) : new FolderMemory();
  } catch (error) {
    // Damaged: everything is read anew.
    if (error instanceof SyntaxError || error instanceof HostError) return new FolderMemory();
    throw error;
  }
}
