import type { FileTree } from '../file-tree.ts';
import { HostError } from '../host.ts';

const ENTRIES_MAX = 2_000_000;
const DEPTH_MAX = 64;

/**
 * All regular files of a tree, in a stable order; links are not followed, other file systems are not entered.
 *
 * @param unreadable told of folders that can't be read.
 * @throws HostError `too-large`
 */
export async function* walkTree(
  tree: FileTree,
  skip: (path: string) => boolean,
  unreadable: (path: string, why: string) => void,
): AsyncGenerator<string> {
  const device = (await tree.status(''))?.device;
  const folders: { readonly path: string; readonly depth: number }[] = [{ path: '', depth: 0 }];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { path, depth } = folder;
    const below: typeof folders = [];
    for (const { name, kind } of await entriesOf(tree, path, unreadable)) {
      entries += 1;
      if (entries > ENTRIES_MAX) throw new HostError('too-large', `there are more than ${ENTRIES_MAX} files`);
      const place = path === '' ? name : `${path}/${name}`;
      if (skip(place)) continue;
      if (kind === 'file') yield place;
      else if (kind === 'directory' && depth < DEPTH_MAX) {
        if ((await tree.status(place))?.device === device) below.push({ path: place, depth: depth + 1 });
      }
    }
    folders.push(...below.reverse());
  }
}

async function entriesOf(tree: FileTree, path: string, unreadable: (path: string, why: string) => void) {
  try {
    return (await tree.entries(path)) ?? [];
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    unreadable(path, error.message);
    return [];
  }
}
