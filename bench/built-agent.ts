import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildAgent, DOWNLOADS } from '../scripts/build-agent.ts';

export interface BuiltAgent {
  readonly executable: string;
  readonly executableBytes: number;
  readonly deb: string;
  readonly debBytes: number;
}

/** The agent as it is given out, built first if its code has changed. */
export async function builtAgent(say: (line: string) => void): Promise<BuiltAgent> {
  say('   building the agent unless it is there ...');
  const { items } = await buildAgent({ force: false });
  const executable = items.find(({ kind }) => kind === 'executable');
  const deb = items.find(({ kind }) => kind === 'deb');
  if (executable === undefined || deb === undefined) throw new Error('the build gave no executable or no .deb');
  return {
    executable: join(DOWNLOADS, executable.name),
    executableBytes: executable.sizeBytes,
    deb: join(DOWNLOADS, deb.name),
    debBytes: deb.sizeBytes,
  };
}

/**
 * The program as dpkg puts it on a machine. It matters for memory: the kernel maps a file that was written in one go (as a
 * build does) in larger pieces, and the same program then has 15 MB more of it resident than one that dpkg has unpacked.
 *
 * @param folder an existing one. @returns the program's path.
 */
export async function unpackAgent({ deb }: BuiltAgent, folder: string): Promise<string> {
  await promisify(execFile)('dpkg-deb', ['-x', deb, folder]);
  return join(folder, 'usr/bin/thimble');
}
