/**
 * Builds the agent's single file and its .deb into dist/downloads, where the server offers them. Does nothing when
 * they were built from the same code.
 *
 *     node scripts/build-agent.ts [--force]
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT_VERSION } from '@thimble/agent';
import type { Download, DownloadList } from '@thimble/protocol';
import { bundle } from './agent-build/bundle.ts';
import { makeDeb } from './agent-build/deb.ts';
import { makeSingleExecutable } from './agent-build/single-executable.ts';

const ROOT = join(import.meta.dirname, '..');
export const DOWNLOADS = join(ROOT, 'dist', 'downloads');
/** 2026-01-01T00:00:00Z: the date of the files in the .deb where SOURCE_DATE_EPOCH does not say (reproducible-builds.org). */
const DEFAULT_EPOCH = 1_767_225_600;
const DEBIAN_ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ['x64', 'amd64'],
  ['arm64', 'arm64'],
]);

/** @returns what was built, or was there already. */
export async function buildAgent({ force }: { readonly force: boolean }): Promise<DownloadList> {
  const script = await bundle(ROOT);
  const updateRoot = await readUpdateRoot();
  const key = await contentKey(script, updateRoot);
  const present = force ? null : await readManifest(key);
  if (present !== null) return present;

  const architecture = DEBIAN_ARCHITECTURES.get(process.arch) ?? process.arch;
  const work = join(ROOT, 'dist', `agent-build-${process.pid}`);
  const executableName = `thimble-agent-${AGENT_VERSION}-linux-${process.arch}`;
  const debName = `thimble-agent_${AGENT_VERSION}_${architecture}.deb`;
  await mkdir(work, { recursive: true });
  try {
    await makeSingleExecutable(script, join(work, executableName), join(work, 'parts'));
    const executable = await readFile(join(work, executableName));
    const license = await readFile(join(ROOT, 'LICENSE'), 'utf8');
    const epoch = Number(process.env['SOURCE_DATE_EPOCH'] ?? DEFAULT_EPOCH);
    const deb = await makeDeb({
      executable,
      license,
      version: AGENT_VERSION,
      architecture,
      epoch,
      ...(updateRoot === null ? {} : { updateRoot }),
    });
    await writeFile(join(work, debName), deb);
    const items: Download[] = [
      {
        name: executableName,
        kind: 'executable',
        architecture: process.arch,
        version: AGENT_VERSION,
        ...facts(executable),
      },
      { name: debName, kind: 'deb', architecture, version: AGENT_VERSION, ...facts(deb) },
    ];
    await writeFile(join(work, 'manifest.json'), `${JSON.stringify({ key, items }, null, 2)}\n`);
    // The manifest last: it is what says that the others are whole.
    await mkdir(DOWNLOADS, { recursive: true });
    for (const name of [executableName, debName, 'manifest.json'])
      await rename(join(work, name), join(DOWNLOADS, name));
    return { items };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function facts(data: Uint8Array): Pick<Download, 'sizeBytes' | 'sha256'> {
  return { sizeBytes: data.byteLength, sha256: createHash('sha256').update(data).digest('hex') };
}

/** The root that the package pins, for a vendor's build: docs/agent-updates.md. Null: none, and updates are off. */
async function readUpdateRoot(): Promise<Buffer | null> {
  const file = process.env['THIMBLE_UPDATE_ROOT'];
  return file === undefined ? null : readFile(file);
}

/** Of all that goes into the files: the code, Node, and how they are put together. */
async function contentKey(script: string, updateRoot: Buffer | null): Promise<string> {
  const hash = createHash('sha256').update(script).update(process.version).update(process.arch);
  hash.update(process.env['SOURCE_DATE_EPOCH'] ?? '').update(updateRoot ?? '');
  const folder = join(import.meta.dirname, 'agent-build');
  for (const name of (await readdir(folder)).filter((file) => !file.endsWith('.test.ts')).sort())
    hash.update(name).update(await readFile(join(folder, name)));
  return hash.digest('hex');
}

async function readManifest(key: string): Promise<DownloadList | null> {
  const text = await readFile(join(DOWNLOADS, 'manifest.json'), 'utf8').catch(() => '{}');
  const manifest = JSON.parse(text) as { key?: string; items?: Download[] };
  if (manifest.key !== key || manifest.items === undefined) return null;
  const names = new Set(await readdir(DOWNLOADS));
  return manifest.items.every(({ name }) => names.has(name)) ? { items: manifest.items } : null;
}

if (import.meta.main) {
  const { items } = await buildAgent({ force: process.argv.includes('--force') });
  for (const { name, sizeBytes, sha256 } of items)
    console.log(`${sha256}  ${name}  ${(sizeBytes / 1_000_000).toFixed(1)} MB`);
}
