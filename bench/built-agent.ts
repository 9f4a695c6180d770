import { join } from 'node:path';
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
