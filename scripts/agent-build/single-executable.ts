import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The mark in Node's executable that says 'no application here' until it is changed (Node's SEA documentation). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** V8 grows its heap for speed; an agent is to be small. Reading all of Debian's indexes takes 78 MB with these, 108 without. */
const MODEST = ['--max-semi-space-size=1', '--optimize-for-size'];

/**
 * Node and the script in one file (Node's single executable applications): copy, strip, inject.
 *
 * @param folder for intermediate files; emptied at the end.
 */
export async function makeSingleExecutable(script: string, target: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Relative names, and this folder as the working one: V8's code cache holds the name of the script.
  const configuration = {
    main: 'thimble.cjs',
    output: 'thimble.blob',
    disableExperimentalSEAWarning: true,
    // V8's code cache would save 5 MB and 20 ms, and differ from build to build: its hash tables are seeded at random,
    // and a cache that was made with a fixed seed is rejected without one. A file that anybody can rebuild is worth more.
    useCodeCache: false,
    execArgv: MODEST,
  };
  await writeFile(join(folder, 'thimble.cjs'), script);
  await writeFile(join(folder, 'sea.json'), JSON.stringify(configuration));
  await run(process.execPath, ['--experimental-sea-config', 'sea.json'], { cwd: folder });
  const executable = join(folder, 'thimble');
  await copyFile(process.execPath, executable);
  await chmod(executable, 0o755);
  // Without binutils the file is 17 MB larger, and works.
  await run('strip', [executable]).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  // In a process of its own: it prints warnings about sections that do no harm, and keeps 300 MB.
  const postject = fileURLToPath(new URL('cli.js', import.meta.resolve('postject')));
  const blob = join(folder, 'thimble.blob');
  await run(process.execPath, [postject, executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', FUSE]);
  await rename(executable, target);
  await rm(folder, { recursive: true, force: true });
}
