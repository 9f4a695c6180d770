import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ContentFault, type Packing } from '../model/index.ts';

/** Unpacks with Node's own decoders and the machine's programs, which share no code with ours. @throws ContentFault `too-large`, `malformed` */
export async function* unpackInTest(
  bytes: Uint8Array,
  packing: Packing,
  options: { readonly limitBytes: number; readonly path: string; readonly pieceBytes: number },
): AsyncGenerator<Uint8Array> {
  const { path, limitBytes } = options;
  let total = 0;
  for await (const piece of open(bytes, packing, path, options.pieceBytes)) {
    total += piece.length;
    if (total > limitBytes)
      throw new ContentFault('too-large', `${path} unpacks to more than ${limitBytes} bytes`, { path });
    yield piece;
  }
}

function open(
  bytes: Uint8Array,
  packing: Packing,
  path: string,
  pieceBytes: number,
): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  switch (packing) {
    case 'plain':
      return inPieces(bytes, pieceBytes);
    case 'gzip':
      return decoded(bytes, createGunzip(), path);
    case 'zstd':
      return decoded(bytes, createZstdDecompress(), path);
    case 'xz':
    case 'bzip2':
      return byProgram(bytes, packing, path);
  }
}

function* inPieces(bytes: Uint8Array, pieceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function* decoded(
  bytes: Uint8Array,
  decoder: NodeJS.ReadWriteStream & Readable,
  path: string,
): AsyncGenerator<Uint8Array> {
  try {
    yield* Readable.from([bytes]).pipe(decoder);
  } catch (error) {
    throw new ContentFault('malformed', `${path} can't be unpacked`, { path, cause: error });
  }
}

async function* byProgram(bytes: Uint8Array, command: 'xz' | 'bzip2', path: string): AsyncGenerator<Uint8Array> {
  const child = spawn(command, ['-dc'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const closed = once(child, 'close');
  // The reader may stop early, and a damaged file ends the program before it has read all.
  child.stdin.on('error', () => {});
  child.stdin.end(bytes);
  try {
    yield* child.stdout;
    const [code] = await closed;
    if (code !== 0) throw new ContentFault('malformed', `${path} is not a whole ${command} file`, { path });
  } finally {
    child.kill();
  }
}
