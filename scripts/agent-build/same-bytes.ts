import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { makeSingleExecutable } from './single-executable.ts';

/**
 * Builds the agent's file a second time, from a copy of the sources in another folder and at another time.
 *
 * @returns both digests; they are the same, or the build depends on where or when it runs
 */
export async function buildTwice(root: string): Promise<readonly [string, string]> {
  const folder = await mkdtemp(join(tmpdir(), 'thimble-rebuild-'));
  try {
    const copy = await copySources(root, join(folder, 'sources', 'elsewhere'));
    const digest = async (sources: string, name: string): Promise<string> => {
      const target = join(folder, name);
      await makeSingleExecutable(await bundle(sources), target, `${target}-parts`);
      return createHash('sha256')
        .update(await readFile(target))
        .digest('hex');
    };
    return [await digest(root, 'first'), await digest(copy, 'second')];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The packages as files of their own; what others made is the same one. @returns the copy's root */
export async function copySources(root: string, copy: string): Promise<string> {
  await mkdir(join(copy, 'node_modules', '@thimble'), { recursive: true });
  await cp(join(root, 'packages'), join(copy, 'packages'), {
    recursive: true,
    filter: (path) => !/\/(?:node_modules|dist|fixtures)$/.test(path),
  });
  // esbuild heeds these, wherever it finds them.
  for (const name of ['package.json', 'tsconfig.json']) await cp(join(root, name), join(copy, name));
  for (const name of await readdir(join(root, 'node_modules')))
    if (name !== '@thimble') await symlink(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  for (const name of await readdir(join(root, 'node_modules', '@thimble'))) {
    const place = join('node_modules', '@thimble', name);
    await symlink(await readlink(join(root, place)), join(copy, place));
  }
  return copy;
}
