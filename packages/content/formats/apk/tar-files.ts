import { pipeline, Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { ContentFault } from '../../model/index.ts';

/** A file of a tar archive; its content must be read before the next one is asked for. */
export interface TarFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly content: AsyncIterable<Uint8Array>;
}

/** A signed index has two or three. */
const ENTRIES_LIMIT = 64;

/**
 * The files of a tar archive, one after the other. The end marker may be missing, as it is in the first parts of apk's archives.
 *
 * @throws ContentFault `malformed`, `unsupported` (links, devices), `too-large`
 */
export async function* tarFiles(bytes: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<TarFile> {
  const archive = extract();
  let failure: unknown;
  pipeline(Readable.from(bytes), archive, (error) => {
    failure ??= error;
  });
  let count = 0;
  try {
    for await (const entry of archive) {
      const { name, size = 0, type } = entry.header;
      count += 1;
      if (count > ENTRIES_LIMIT) throw new ContentFault('too-large', `${what} has more than ${ENTRIES_LIMIT} entries`);
      if (type !== 'file')
        throw new ContentFault('unsupported', `${what} has an entry of type ${String(type)}, which no index has`);
      yield { name, sizeBytes: size, content: contentOf(entry, (error) => asFault(failure ?? error, what)) };
      entry.resume();
    }
  } catch (error) {
    throw asFault(failure ?? error, what);
  } finally {
    archive.destroy();
  }
}

async function* contentOf(
  entry: AsyncIterable<unknown>,
  asError: (error: unknown) => unknown,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw asError(error);
  }
}

/** A fault of where the bytes came from passes; what tar-stream says of them does not. */
function asFault(error: unknown, what: string): unknown {
  if (error instanceof ContentFault || (error instanceof Error && error.name === 'AbortError')) return error;
  return new ContentFault('malformed', `${what} is no tar archive that can be read`, { cause: error });
}
