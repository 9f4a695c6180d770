import { mkdir, readFile, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfPresent, writePrivateFile } from '../tls/index.ts';
import { KEY_FILE, KEY_FILE_LIMIT_BYTES } from './contents.ts';

/** A file below the data directory that can't be had again: keys and the server's own authority. */
export interface KeyFile {
  /** Below the data directory: `keys/order-key.pem`. */
  readonly name: string;
  readonly bytes: Buffer;
}

const FOLDERS = ['keys', 'tls'];
/** A draft that was left over by a kill (see writePrivateFile), and what a restore put aside. */
const NO_KEY = /\.(new|restored|before-restore(-\d+)?)$/;

/** The files that a server made for itself. What its settings name elsewhere is kept by whoever put it there. */
export async function readKeyFiles(dataDirectory: string): Promise<readonly KeyFile[]> {
  const files: KeyFile[] = [];
  for (const folder of FOLDERS) {
    const names = await readdir(join(dataDirectory, folder)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    for (const name of names.map((each) => `${folder}/${each}`).sort()) {
      const path = join(dataDirectory, name);
      const found = await stat(path);
      if (!found.isFile() || found.size > KEY_FILE_LIMIT_BYTES || !KEY_FILE.test(name) || NO_KEY.test(name)) continue;
      files.push({ name, bytes: await readFile(path) });
    }
  }
  return files;
}

/** Puts keys down beside their places. @returns puts them in their places; what was there is kept beside them. */
export async function stageKeyFiles(dataDirectory: string, files: readonly KeyFile[]): Promise<() => Promise<void>> {
  for (const { name, bytes } of files) {
    const path = join(dataDirectory, name);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writePrivateFile(`${path}.restored`, bytes.toString('utf8'));
  }
  return async () => {
    for (const { name, bytes } of files) {
      const path = join(dataDirectory, name);
      await putAside(path, bytes);
      await rename(`${path}.restored`, path);
    }
  };
}

/**
 * What another restore put aside stays: it may be the only copy of the order key that endpoints follow, and the file in its place that of
 * an older backup, which was the wrong one.
 */
async function putAside(path: string, restored: Buffer): Promise<void> {
  const before = await readIfPresent(path);
  if (before === undefined || before === restored.toString('utf8')) return;
  let aside = `${path}.before-restore`;
  for (let next = 2; ![undefined, before].includes(await readIfPresent(aside)); next += 1)
    aside = `${path}.before-restore-${next}`;
  await rename(path, aside);
}
