import { pipeline } from 'node:stream';
import { extract } from 'tar-stream';
import { UpstreamError } from '../upstream-error.ts';
import type { ArchiveEntry, UnpackLimits } from './archive-entry.ts';
import { asUpstreamError } from './guard.ts';
import { ARCHIVE_ENTRIES_LIMIT, ENTRY_NAME_LIMIT } from './limits.ts';
import { type StreamPacking, unpack } from './unpack.ts';

export type TarPacking = 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'tar.zst';

const AROUND: Readonly<Record<TarPacking, StreamPacking>> = {
  'tar.gz': 'gzip',
  'tar.bz2': 'bzip2',
  'tar.xz': 'xz',
  'tar.zst': 'zstd',
};

/**
 * The files of a packed tar archive. An entry's bytes must be asked for before the next entry is.
 *
 * @throws UpstreamError `malformed`, `too-large`
 */
export async function* tarEntries(
  path: string,
  packing: TarPacking,
  limits: UnpackLimits,
): AsyncGenerator<ArchiveEntry> {
  const archive = extract();
  let failure: unknown;
  pipeline(unpack(path, AROUND[packing], limits), archive, (error) => {
    failure ??= error;
  });
  let count = 0;
  try {
    for await (const stream of archive) {
      const { name, size = 0, type } = stream.header;
      count += 1;
      if (count > ARCHIVE_ENTRIES_LIMIT) throw new UpstreamError('too-large', `${limits.name} has too many files`);
      if (name.length > ENTRY_NAME_LIMIT)
        throw new UpstreamError('malformed', `${limits.name} has a file with an endless name`);
      let reading: Promise<Uint8Array> | undefined;
      const bytes = () => (reading ??= collect(stream, size, limits.name, () => failure));
      if (type === 'file' || type === 'contiguous-file') yield { name, sizeBytes: size, bytes };
      if (reading === undefined) stream.resume();
      else await reading;
    }
  } catch (error) {
    throw asUpstreamError(limits.name, failure ?? error);
  } finally {
    archive.destroy();
  }
}

async function collect(
  stream: AsyncIterable<unknown>,
  size: number,
  name: string,
  failure: () => unknown,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk);
  } catch (error) {
    throw asUpstreamError(name, failure() ?? error);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== size) throw new UpstreamError('malformed', `${name} is cut off`);
  return bytes;
}
