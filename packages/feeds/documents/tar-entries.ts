import { pipeline } from 'node:stream';
import { FeedError, type ArchivePacking, type FeedEntry, type FeedRequest } from '@thimble/advisories';
import { extract } from 'tar-stream';
import { asFeedError } from './guard.ts';
import { ARCHIVE_ENTRIES_LIMIT, ENTRY_NAME_LIMIT } from './limits.ts';
import { unpack, type StreamPacking } from './unpack.ts';

const AROUND: Readonly<Record<Exclude<ArchivePacking, 'zip'>, StreamPacking>> = {
  'tar.gz': 'gzip',
  'tar.bz2': 'bzip2',
  'tar.xz': 'xz',
  'tar.zst': 'zstd',
};

/**
 * The files of a packed tar archive. An entry's bytes must be asked for before the next entry is.
 *
 * @throws FeedError `malformed`, `too-large`
 */
export async function* tarEntries(
  path: string,
  packing: Exclude<ArchivePacking, 'zip'>,
  request: Pick<FeedRequest, 'path' | 'limitBytes'>,
): AsyncGenerator<FeedEntry> {
  const archive = extract();
  let failure: unknown;
  pipeline(unpack(path, AROUND[packing], request), archive, (error) => {
    failure ??= error;
  });
  let count = 0;
  try {
    for await (const stream of archive) {
      const { name, size = 0, type } = stream.header;
      count += 1;
      if (count > ARCHIVE_ENTRIES_LIMIT) throw new FeedError('too-large', `${request.path} has too many files`);
      if (name.length > ENTRY_NAME_LIMIT)
        throw new FeedError('malformed', `${request.path} has a file with an endless name`);
      let reading: Promise<Uint8Array> | undefined;
      const bytes = () => (reading ??= collect(stream, size, request.path, () => failure));
      if (type === 'file' || type === 'contiguous-file') yield { name, sizeBytes: size, bytes };
      if (reading === undefined) stream.resume();
      else await reading;
    }
  } catch (error) {
    throw asFeedError(request.path, failure ?? error);
  } finally {
    archive.destroy();
  }
}

async function collect(
  stream: AsyncIterable<unknown>,
  size: number,
  path: string,
  failure: () => unknown,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stream) if (chunk instanceof Uint8Array) chunks.push(chunk);
  } catch (error) {
    throw asFeedError(path, failure() ?? error);
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length !== size) throw new FeedError('malformed', `${path} is cut off`);
  return bytes;
}
