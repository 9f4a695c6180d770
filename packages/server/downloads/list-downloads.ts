import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Download } from '@thimble/protocol';

/** `thimble-agent-0.1.0-linux-x64` and `thimble-agent_0.1.0_amd64.deb`: kind, version and architecture are in the name. */
const NAMES = [
  { kind: 'deb', pattern: /^thimble-agent_(?<version>[^_]+)_(?<architecture>[a-z0-9]+)\.deb$/ },
  { kind: 'executable', pattern: /^thimble-agent-(?<version>\d[^-]*)-linux-(?<architecture>[a-z0-9]+)$/ },
  { kind: 'sbom', pattern: /^thimble_(?<version>[^_]+)\.cdx\.json$/ },
  { kind: 'executable', pattern: /^thimble-agent(?:-linux-(?<architecture>[a-z0-9]+))?$/ },
] as const;
const FILES_LIMIT = 200;

interface Digested {
  readonly modifiedMs: number;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** The agent's files in a folder, with their digests, which are computed once for each state of a file. */
export class Downloads {
  readonly #directory: string;
  readonly #version: string;
  readonly #digests = new Map<string, Digested>();

  constructor(directory: string, version: string) {
    this.#directory = directory;
    this.#version = version;
  }

  get directory(): string {
    return this.#directory;
  }

  async list(): Promise<Download[]> {
    const names = await readdir(this.#directory).catch(() => [] as string[]);
    const found: Download[] = [];
    for (const name of names.sort().slice(0, FILES_LIMIT)) {
      const download = await this.#describe(name);
      if (download !== undefined) found.push(download);
    }
    return found;
  }

  /** Undefined for whatever is not one of the agent's files: the name never becomes a path before it fits a pattern. */
  async find(name: string): Promise<Download | undefined> {
    return this.#describe(name);
  }

  async #describe(name: string): Promise<Download | undefined> {
    for (const { kind, pattern } of NAMES) {
      const { groups } = pattern.exec(name) ?? {};
      if (groups === undefined) continue;
      const digested = await this.#digest(join(this.#directory, name));
      if (digested === undefined) return undefined;
      const { sizeBytes, sha256 } = digested;
      const architecture = groups['architecture'] ?? (kind === 'sbom' ? 'any' : process.arch);
      return { name, kind, architecture, version: groups['version'] ?? this.#version, sizeBytes, sha256 };
    }
    return undefined;
  }

  async #digest(path: string): Promise<Digested | undefined> {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || !found.isFile()) return undefined;
    const known = this.#digests.get(path);
    if (known !== undefined && known.modifiedMs === found.mtimeMs && known.sizeBytes === found.size) return known;
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    const digested = { modifiedMs: found.mtimeMs, sizeBytes: found.size, sha256: hash.digest('hex') };
    this.#digests.set(path, digested);
    return digested;
  }
}
