import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../../scripts/agent-build/bundle.ts';
import { makeSingleExecutable } from '../../scripts/agent-build/single-executable.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ONLINE_KEYS = ['--targets-key', 't', '--snapshot-key', 's', '--timestamp-key', 'u'];

/** A vendor of agents with keys of its own, and the repository that it publishes. */
export class AgentReleases {
  readonly repository: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'thimble-releases-'));

  constructor() {
    this.repository = join(this.#folder, 'repository');
    for (const key of ['a', 'b', 'c', 't', 's', 'u']) this.#release('key', key);
    this.#release('root', 'repository', '--root-key', 'a', '--root-key', 'b', '--root-key', 'c', ...ONLINE_KEYS);
  }

  get root(): string {
    return join(this.repository, '1.root.json');
  }

  /** The agent as it is, which says that it is another version. */
  async publish(version: string): Promise<void> {
    const program = this.#program(version);
    const script = await bundle(ROOT, undefined, version);
    await makeSingleExecutable(script, program, join(this.#folder, 'parts'));
    this.#add(program);
  }

  /** A version that says who it is and can't do anything else. */
  publishBroken(version: string, how: 'crashes' | 'hangs'): void {
    const program = this.#program(version);
    const rest = how === 'crashes' ? 'exit 1' : 'exec sleep infinity';
    writeFileSync(program, `#!/bin/sh\n[ "$1" = version ] && echo 'thimble ${version} (broken)' && exit\n${rest}\n`);
    chmodSync(program, 0o755);
    this.#add(program);
  }

  /** What is published now, to be brought back by an attacker later. @returns brings it back */
  remember(): () => void {
    const before = mkdtempSync(join(this.#folder, 'before-'));
    cpSync(this.repository, before, { recursive: true });
    return () => {
      rmSync(this.repository, { recursive: true });
      cpSync(before, this.repository, { recursive: true });
    };
  }

  dispose(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #program(version: string): string {
    return join(this.#folder, `thimble-agent-${version}-linux-${process.arch}`);
  }

  #add(program: string): void {
    this.#release('add', 'repository', program, ...ONLINE_KEYS);
  }

  /** By the vendor's own command. */
  #release(...words: readonly string[]): void {
    const script = join(ROOT, 'scripts', 'release.ts');
    execFileSync(process.execPath, [script, ...words], { cwd: this.#folder, stdio: 'pipe' });
  }
}
