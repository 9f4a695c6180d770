import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FeedError } from '@thimble/advisories';
import { printable } from '@thimble/upstream';
import type { Address } from './address.ts';
import type { Answer, AttemptOptions } from './attempt.ts';
import { download } from './download.ts';
import { PACKING_OVERHEAD_BYTES } from './limits.ts';
import { mirrorName } from './mirror-name.ts';

/** A document out of a mirror's folder on disk. A link may not lead out of the folder. */
export async function fileAnswer({ url, base }: Address, options: AttemptOptions): Promise<Answer> {
  const { request } = options;
  const root = fileURLToPath(base);
  const found = await find(root, mirrorName(url.href.slice(base.href.length)));
  if (found === null) {
    if (request.optional === true) return { kind: 'absent' };
    throw new FeedError('unreachable', `${printable(url)} is not there: fill the folder with thimble feeds mirror`);
  }
  const { path, etag } = found;
  if (options.validator?.etag === etag) return { kind: 'unchanged' };
  const copy = await download(createReadStream(path), {
    path: options.newPath(),
    name: printable(url),
    limitBytes: request.limitBytes + (request.packing === 'plain' ? 0 : PACKING_OVERHEAD_BYTES),
    idleMs: options.limits.idleMs,
    onBytes: options.onBytes,
  });
  return {
    kind: 'file',
    ...copy,
    packing: request.packing,
    validator: { etag, lastModified: null, sha256: copy.sha256 },
  };
}

async function find(root: string, name: string): Promise<{ readonly path: string; readonly etag: string } | null> {
  try {
    const folder = await realpath(root);
    const path = await realpath(join(folder, name));
    const status = await stat(path);
    if (!status.isFile() || !path.startsWith(folder + sep)) return null;
    return { path, etag: `"${status.size}-${status.mtimeMs}"` };
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR', 'ELOOP'].includes(String(error.code)))
      return null;
    throw error;
  }
}
