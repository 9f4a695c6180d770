import { READERS, type ReadGap, SbomError } from '@thimble/sbom';
import type { FileTree } from '../file-tree.ts';
import { type Host, HostError } from '../host.ts';
import { type FolderMemory, type KnownFolder } from './folder-memory.ts';
import { type FolderRole, INSTALLED_READERS, KNOWN_ENTRIES, roleOf, statesPackage } from './software-places.ts';

/** Several times what the largest servers have; at these the walk ends, with a gap. */
export const WALK_LIMITS = {
  folders: 200_000,
  files: 50_000,
  depth: 40,
  readBytes: 512 * 1024 * 1024,
  /** Composer's list of all packages of an application has some megabytes. */
  fileBytes: 16 * 1024 * 1024,
  durationMs: 120_000,
} as const;
/** A folder that changed so lately could change again within the same tick of its file system's clock. */
const SETTLED_MS = 2_000;
const GAPS_MAX = 20;

const READERS_OF_INSTALLED = READERS.filter(({ id }) => INSTALLED_READERS.has(id));

export interface InstalledSoftwareFound {
  /** Package URLs by the file that states them. */
  readonly files: ReadonlyMap<string, readonly string[]>;
  readonly gaps: readonly ReadGap[];
}

/**
 * Language packages that are installed below folders of this machine. Links are not followed, other file systems are not
 * entered. What `memory` knows is not read again: a folder whose time is the same has the same entries.
 *
 * @param roots absolute; may be missing.
 */
export async function findInstalledSoftware(
  host: Host,
  roots: readonly string[],
  memory: FolderMemory,
): Promise<InstalledSoftwareFound> {
  const walk = new Walk(host, memory);
  for (const root of outermost(roots)) await walk.below(root);
  return walk;
}

/** None that lies in another one. */
function outermost(roots: readonly string[]): readonly string[] {
  const clean = [...new Set(roots.map((root) => root.replace(/\/+$/, '')))].sort();
  return clean.filter((root) => !clean.some((other) => root.startsWith(`${other}/`)));
}

interface Pending {
  /** Relative to the root. */
  readonly path: string;
  readonly role: FolderRole;
  readonly depth: number;
}

class Walk implements InstalledSoftwareFound {
  readonly files = new Map<string, readonly string[]>();
  readonly gaps: ReadGap[] = [];
  readonly #host: Host;
  readonly #memory: FolderMemory;
  readonly #endsAtMs: number;
  #folders = 0;
  #filesSeen = 0;
  #readBytes = 0;

  constructor(host: Host, memory: FolderMemory) {
    this.#host = host;
    this.#memory = memory;
    this.#endsAtMs = host.now().getTime() + WALK_LIMITS.durationMs;
  }

  async below(root: string): Promise<void> {
    await using tree = await this.#host.tree(root);
    const top = await tree?.status('');
    if (tree === null || top === null || top === undefined) return;
    const role = roleOf('open', root.slice(root.lastIndexOf('/') + 1), root) ?? 'open';
    const folders: Pending[] = [{ path: '', role, depth: 0 }];
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      const limit = this.#reached(folder.depth);
      if (limit !== null) return this.#gap(`${root}/${folder.path}`, `the look for software ended here: ${limit}`);
      folders.push(...(await this.#enter(tree, root, folder, top.device)));
    }
  }

  #reached(depth: number): string | null {
    this.#folders += 1;
    if (this.#folders > WALK_LIMITS.folders) return `more than ${WALK_LIMITS.folders} folders`;
    if (this.#filesSeen > WALK_LIMITS.files) return `more than ${WALK_LIMITS.files} packages`;
    if (this.#readBytes > WALK_LIMITS.readBytes) return `more than ${WALK_LIMITS.readBytes} bytes were read`;
    if (depth > WALK_LIMITS.depth) return `folders are nested more than ${WALK_LIMITS.depth} deep`;
    return this.#host.now().getTime() > this.#endsAtMs ? `it took more than ${WALK_LIMITS.durationMs / 1000} s` : null;
  }

  async #enter(tree: FileTree, root: string, { path, role, depth }: Pending, device: number): Promise<Pending[]> {
    try {
      const status = await tree.status(path);
      if (status?.kind !== 'directory') return [];
      const place = path === '' ? root : `${root}/${path}`;
      if (status.device !== device) {
        this.#gap(place, 'another file system is mounted there, which was not entered');
        return [];
      }
      const known = this.#memory.folder(place, role, status.modifiedAtMs) ?? (await this.#list(tree, root, path, role));
      const settled = this.#host.now().getTime() - status.modifiedAtMs > SETTLED_MS;
      this.#memory.keepFolder(place, role, settled ? status.modifiedAtMs : 0, known);
      const below = (name: string) => (path === '' ? name : `${path}/${name}`);
      for (const name of known.files) await this.#readFile(tree, root, below(name));
      return known.folders.map(([name, next]) => ({ path: below(name), role: next, depth: depth + 1 })).reverse();
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      this.#gap(`${root}/${path}`, error.message);
      return [];
    }
  }

  async #list(tree: FileTree, root: string, path: string, role: FolderRole): Promise<KnownFolder> {
    const folders: (readonly [string, FolderRole])[] = [];
    const files: string[] = [];
    for (const { name, kind } of await entriesOf(tree, path, role)) {
      const place = path === '' ? `${root}/${name}` : `${root}/${path}/${name}`;
      if (statesPackage(role, name, place, kind)) files.push(name);
      const next = kind === 'directory' ? roleOf(role, name, place) : null;
      if (next !== null) folders.push([name, next]);
    }
    return { folders, files };
  }

  async #readFile(tree: FileTree, root: string, path: string): Promise<void> {
    const place = `${root}/${path}`;
    this.#filesSeen += 1;
    const status = await tree.status(path);
    if (status?.kind !== 'file') return;
    const known = this.#memory.file(place, status);
    const stated = known ?? (await this.#stated(tree, path, place));
    this.#memory.keepFile(place, status, stated);
    for (const why of stated.gaps) this.#gap(place, why);
    if (stated.purls.length > 0) this.files.set(place, stated.purls);
  }

  async #stated(tree: FileTree, path: string, place: string): Promise<{ purls: string[]; gaps: string[] }> {
    const reader = READERS_OF_INSTALLED.find((each) => each.matches(place));
    if (reader === undefined) return { purls: [], gaps: [] };
    try {
      const bytes = await tree.read(path, WALK_LIMITS.fileBytes, 'refuse');
      if (bytes === null) return { purls: [], gaps: [] };
      this.#readBytes += bytes.length;
      const { components, gaps } = reader.read(bytes, place);
      return { purls: components.map(({ purl }) => purl), gaps: gaps.map(({ why }) => why).slice(0, 1) };
    } catch (error) {
      // Not the parser's own words, which quote the file.
      if (error instanceof SbomError) return { purls: [], gaps: [`it is not what its name says (${error.code})`] };
      if (error instanceof HostError) return { purls: [], gaps: [`it can not be read (${error.code})`] };
      throw error;
    }
  }

  #gap(what: string, why: string): void {
    if (this.gaps.length < GAPS_MAX) this.gaps.push({ what, why });
  }
}

async function entriesOf(tree: FileTree, path: string, role: FolderRole) {
  const names = KNOWN_ENTRIES.get(role);
  if (names === undefined) return (await tree.entries(path)) ?? [];
  const found = await Promise.all(
    names.map(async (name) => ({ name, kind: (await tree.status(`${path}/${name}`))?.kind ?? ('other' as const) })),
  );
  return found;
}
