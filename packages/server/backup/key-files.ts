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
      // A draft that was left over by a kill has no place here (see writePrivateFile), nor what was put aside.
      if (
        !found.isFile() ||
        found.size > KEY_FILE_LIMIT_BYTES ||
        !KEY_FILE.test(name) ||
        /\.(new|restored|before-restore)$/.test(name)
      )
        continue;
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
    for (const { name } of files) {
      const path = join(dataDirectory, name);
      if ((await readIfPresent(path)) !== undefined) await rename(path, `${path}.before-restore`);
      await rename(`${path}.restored`, path);
    }
  };
}
