/**
 * Builds what has to be built: the console, the agent's single file and .deb, and the pages that are drawn from code
 * (ARCHITECTURE.md's picture, the tables of docs/feeds.md and docs/support.md). Each step does nothing when its result is newer than its sources.
 *
 *     npm run build
 *     npm run build -- --check-reproducible   the agent's file twice, from two folders: both have to be the same
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withPicture } from '../architecture/picture.ts';

const root = join(import.meta.dirname, '..');

async function writeWhenChanged(file: string, text: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => '');
  if (before !== text) await writeFile(file, text);
}

export async function drawPages(): Promise<void> {
  const architecture = join(root, 'ARCHITECTURE.md');
  await writeWhenChanged(architecture, withPicture(await readFile(architecture, 'utf8')));
  const { PAGES, withParts } = await import('./pages/pages.ts');
  for (const [path, parts] of PAGES) {
    const page = join(root, path);
    await writeWhenChanged(page, withParts(await readFile(page, 'utf8'), parts));
  }
}

/** What the tests that use the product as a whole need to be there: the console and the agent's files. */
export async function ensureBuilt(): Promise<void> {
  const { buildConsole } = await import('@thimble/console');
  const { buildAgent, DOWNLOADS } = await import('./build-agent.ts');
  const { writeOwnSbom } = await import('./own-sbom/write-own-sbom.ts');
  await buildConsole({ force: false });
  await buildAgent({ force: false });
  await writeOwnSbom(root, DOWNLOADS);
}

async function checkReproducible(): Promise<boolean> {
  const { buildTwice } = await import('./agent-build/same-bytes.ts');
  const [first, second] = await buildTwice(root);
  process.stdout.write(`built here      ${first}\nbuilt elsewhere ${second}\n`);
  return first === second;
}

if (import.meta.main) {
  if (process.argv.includes('--check-reproducible')) process.exitCode = (await checkReproducible()) ? 0 : 1;
  else {
    await drawPages();
    await ensureBuilt();
  }
}
