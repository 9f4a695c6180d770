import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileTree } from './file-tree.ts';
import { localTree } from './local-tree.ts';

const SECRET = 'of the machine';
let folder: string;
let root: string;
let tree: FileTree;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thimble-tree-'));
  root = join(folder, 'root');
  mkdirSync(join(root, 'etc/deep'), { recursive: true });
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/secret'), SECRET);
  writeFileSync(join(root, 'etc/os-release'), 'ID=box');
  symlinkSync('/etc', join(root, 'absolute'));
  symlinkSync('../../../../../../../../etc', join(root, 'etc/deep/up'));
  symlinkSync(join(folder, 'etc/secret'), join(root, 'etc/secret'));
  symlinkSync('loop-b', join(root, 'loop-a'));
  symlinkSync('loop-a', join(root, 'loop-b'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const opened = await localTree(root);
  if (opened === null) throw new Error('the root is there');
  tree = opened;
});
afterAll(async () => {
  await tree[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const text = async (path: string, links?: 'inside' | 'refuse') => (await tree.read(path, 100, links))?.toString();

describe('a tree that is not trusted', () => {
  it.each([
    ['a file', 'etc/os-release', 'ID=box'],
    ['an absolute link, as after a chroot', 'absolute/os-release', 'ID=box'],
    ['a link with more .. than there are folders', 'etc/deep/up/os-release', 'ID=box'],
    ['.. in the path itself', '../../etc/os-release', 'ID=box'],
    ['an absolute link to a file of the machine', 'etc/secret', undefined],
    ['a loop of links', 'loop-a', undefined],
    ['a pipe, without waiting for a writer', 'pipe', undefined],
    ['a folder', 'etc', undefined],
    ['a file as a folder', 'etc/os-release/x', undefined],
    ['nothing', 'none', undefined],
    ['a name longer than any', 'x'.repeat(5000), undefined],
  ])('reads %s', async (_, path, expected) => {
    expect(await text(path)).toBe(expected);
  });

  it('refuses any link where that is asked for', async () => {
    expect(await text('absolute/os-release', 'refuse')).toBeUndefined();
    expect(await text('etc/os-release', 'refuse')).toBe('ID=box');
  });

  it('reads no file above the limit', async () => {
    await expect(tree.read('etc/os-release', 5)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('lists names sorted, kinds without following links, and nothing that is not there', async () => {
    expect(await tree.list('absolute')).toEqual(['deep', 'os-release', 'secret']);
    expect(await tree.list('etc/os-release')).toBeNull();
    expect(await tree.entries('')).toEqual([
      { name: 'absolute', kind: 'link' },
      { name: 'etc', kind: 'directory' },
      { name: 'loop-a', kind: 'link' },
      { name: 'loop-b', kind: 'link' },
      { name: 'pipe', kind: 'other' },
    ]);
    expect(await tree.entries('none')).toBeNull();
    expect(await localTree(join(folder, 'none'))).toBeNull();
  });

  it('never leads out while folders are exchanged for links', async () => {
    mkdirSync(join(root, 'swap'));
    writeFileSync(join(root, 'swap/secret'), 'of the box');
    symlinkSync(join(folder, 'etc'), join(root, 'swap-link'));
    const seen = new Set<string | undefined>();
    for (let round = 0; round < 300; round += 1) {
      const reading = [text('swap/secret'), text('swap/secret', 'refuse')];
      await new Promise((resolve) => setImmediate(resolve));
      renameSync(join(root, 'swap'), join(root, 'swap-real'));
      renameSync(join(root, 'swap-link'), join(root, 'swap'));
      for (const each of await Promise.all([...reading, text('swap/secret')])) seen.add(each);
      renameSync(join(root, 'swap'), join(root, 'swap-link'));
      renameSync(join(root, 'swap-real'), join(root, 'swap'));
    }
    expect(seen).not.toContain(SECRET);
    expect(seen).toContain('of the box');
  });
});
