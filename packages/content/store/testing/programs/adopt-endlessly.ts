import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolderStore } from '../../folder-store.ts';

/**
 * A program that fills a store until it is killed: `node adopt-endlessly.ts DIRECTORY SEED [COUNT]`. Two with the same seed adopt the
 * same objects. It says `adopted DIGEST` of each object that the store has promised to keep.
 */
const [directory = '', seed = '', count = 'Infinity'] = process.argv.slice(2);
const store = await openFolderStore(directory);
for (let index = 0; index < Number(count); index += 1) {
  const path = join(store.workDirectory, `fill-${process.pid}-${index}`);
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  for (let piece = 0; piece < 8; piece += 1) {
    const bytes = Buffer.alloc(50_000, `${seed} ${index} ${piece} `);
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  const sha256 = hash.digest('hex');
  await store.adopt(sha256, path);
  process.stdout.write(`adopted ${sha256}\n`);
}
