import { readdir, realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { FeedError } from '@thimble/advisories';
import { mirrorName } from '../fetch/index.ts';

export type Found =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly bytes: number;
      readonly modified: Date;
      readonly etag: string;
      readonly type: string;
    }
  | { readonly kind: 'folder'; readonly names: readonly { readonly name: string; readonly isFolder: boolean }[] }
  | { readonly kind: 'nothing' };

/**
 * What a mirror's folder has at an address: the file of the path with its query, else of the path alone. No link leads out of
 * the folder, and names that begin with a dot are nobody's business.
 *
 * @param root the folder's real path
 * @param target the request line's: path and query
 */
export async function findMirrored(root: string, target: string): Promise<Found> {
  const relative = target.replace(/^\/+/, '');
  const path = relative.replace(/\?.*$/s, '');
  const exact = await fileAt(root, relative);
  if (exact.kind === 'nothing' && (path === '' || path.endsWith('/'))) return folderAt(root, path.replace(/\/+$/, ''));
  return exact.kind === 'nothing' && path !== relative ? fileAt(root, path) : exact;
}

async function fileAt(root: string, name: string): Promise<Found> {
  const path = await inside(root, name);
  if (path === null) return { kind: 'nothing' };
  const status = await stat(path);
  if (status.isDirectory()) return folderAt(root, name);
  if (!status.isFile()) return { kind: 'nothing' };
  return {
    kind: 'file',
    path,
    bytes: status.size,
    modified: status.mtime,
    etag: `"${status.size.toString(16)}-${Math.round(status.mtimeMs * 1000).toString(16)}"`,
    type: TYPES.get(extname(path)) ?? 'application/octet-stream',
  };
}

async function folderAt(root: string, name: string): Promise<Found> {
  const path = name === '' ? root : await inside(root, name);
  if (path === null || !(await stat(path)).isDirectory()) return { kind: 'nothing' };
  const entries = await readdir(path, { withFileTypes: true });
  return {
    kind: 'folder',
    names: entries
      .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isFile()))
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

async function inside(root: string, name: string): Promise<string | null> {
  try {
    const relative = mirrorName(name);
    if (relative.split('/').some((segment) => segment.startsWith('.'))) return null;
    const path = await realpath(join(root, relative));
    return path.startsWith(root.endsWith(sep) ? root : root + sep) ? path : null;
  } catch (error) {
    if (error instanceof FeedError) return null;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'ENAMETOOLONG'].includes(code)) return null;
    throw error;
  }
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.json', 'application/json'],
  ['.jsonl', 'application/jsonl'],
  ['.xml', 'application/xml'],
  ['.csv', 'text/csv; charset=utf-8'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.list', 'text/plain; charset=utf-8'],
  ['.yaml', 'application/yaml'],
  ['.yml', 'application/yaml'],
  ['.toml', 'application/toml'],
  ['.asc', 'application/pgp-signature'],
  ['.gz', 'application/gzip'],
  ['.tgz', 'application/gzip'],
  ['.bz2', 'application/x-bzip2'],
  ['.xz', 'application/x-xz'],
  ['.zst', 'application/zstd'],
  ['.zip', 'application/zip'],
]);
