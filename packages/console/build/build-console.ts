import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { build } from 'vite';

export interface BuildOptions {
  /** Builds even when nothing has changed. */
  readonly force?: boolean;
  readonly log?: (line: string) => void;
}

export interface BuildResult {
  readonly folder: string;
  readonly built: boolean;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PROTOCOL = fileURLToPath(new URL('../../protocol', import.meta.url));
/** Where the built console is; holds nothing before the first build. */
export const CONSOLE_FOLDER = join(ROOT, 'dist');
const STAMP = join(CONSOLE_FOLDER, '.sources.sha256');
/** What does not end up in the browser. */
const SKIPPED = new Set(['node_modules', 'dist', 'testing', 'build']);

/** Builds the console when its sources are others than those of the last build. Takes seconds, and no network. */
export async function buildConsole({ force = false, log = () => undefined }: BuildOptions = {}): Promise<BuildResult> {
  const digest = await digestOfSources();
  const last = await readFile(STAMP, 'utf8').catch(() => undefined);
  if (!force && last === digest) return { folder: CONSOLE_FOLDER, built: false };
  log('building the console ...');
  // An interrupted build must not pass for a whole one.
  await rm(STAMP, { force: true });
  await build({ root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error', mode: 'production' });
  await compress(join(CONSOLE_FOLDER, 'assets'));
  await writeFile(STAMP, digest);
  return { folder: CONSOLE_FOLDER, built: true };
}

const brotli = promisify(brotliCompress);
/** Below this a compressed file is hardly smaller than the headers around it. */
const COMPRESS_FROM_BYTES = 1400;

/** Puts a compressed file beside each large one, so that the server compresses nothing while it answers. */
async function compress(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name));
    if (content.length >= COMPRESS_FROM_BYTES) await writeFile(join(folder, `${name}.br`), await brotli(content));
  }
}

async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [ROOT, PROTOCOL]) {
    for (const path of await sourcesIn(folder)) {
      hash
        .update(`${relative(folder, path)}\0`)
        .update(await readFile(path))
        .update('\0');
    }
  }
  return hash.digest('hex');
}

async function sourcesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const nested = await Promise.all(
    entries
      .filter((entry) => !SKIPPED.has(entry.name) && !entry.name.includes('.test.'))
      .map((entry) => (entry.isDirectory() ? sourcesIn(join(folder, entry.name)) : [join(folder, entry.name)])),
  );
  return nested.flat().sort();
}
