import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT_VERSION } from '@thimble/agent';
import { ownSbom } from './own-sbom.ts';

/** Puts it beside the agent's files, where a server offers it. */
export async function writeOwnSbom(root: string, folder: string): Promise<void> {
  const text = ownSbom(await readFile(join(root, 'package-lock.json'), 'utf8'), AGENT_VERSION);
  const file = join(folder, `thimble_${AGENT_VERSION}.cdx.json`);
  if ((await readFile(file, 'utf8').catch(() => '')) === text) return;
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}
