import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf } from '../acquire/content.ts';
import type { ServerContext } from '../context.ts';
import { digestOf } from './seed-content.ts';

/** Puts a file into a server's content store. @returns its digest */
export async function storeFile(context: ServerContext, text: string): Promise<string> {
  const { store } = await contentOf(context);
  const directory = await mkdtemp(join(tmpdir(), 'thimble-put-'));
  try {
    const path = join(directory, 'file');
    await writeFile(path, text);
    await store.adopt(digestOf(text), path);
    return digestOf(text);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
