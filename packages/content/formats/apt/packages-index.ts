import { createHash, type Hash } from 'node:crypto';
import {
  ContentFault,
  type FileCheck,
  type FreezeContext,
  type RepositoryPackage,
  type StoredFile,
} from '../../model/index.ts';
import { repositoryPath } from '../repository-path.ts';
import type { ChosenIndex } from './choose-indexes.ts';
import { APT_LIMITS } from './limits.ts';
import { readStanzas, type Stanza } from './stanzas.ts';

/**
 * The packages of a stored Packages file. The unpacked file's size and digest have to fit as well: nothing of what
 * came before counts when they don't.
 *
 * A package without SHA-256 or SHA-512 makes the whole index unacceptable (`weak-signature`): to leave it out in silence would show
 * people a repository that lacks a package, and nobody would know why.
 *
 * @throws ContentFault `too-large`, `malformed`, `weak-signature`, `unsafe-path`, `wrong-digest`
 */
export async function* readPackages(
  index: ChosenIndex,
  file: StoredFile,
  context: FreezeContext,
): AsyncGenerator<RepositoryPackage> {
  const { unpacked } = index;
  const limitBytes = Math.min(unpacked.sizeBytes, APT_LIMITS.unpackedIndexBytes);
  const digest = createHash('sha256');
  const pieces = hashed(context.read(file, index.packing, { limitBytes }), digest, context.signal);
  const { stanzaCharacters } = APT_LIMITS;
  for await (const stanzas of readStanzas(pieces, { stanzaCharacters, path: file.path }))
    for (const stanza of stanzas) yield packageOf(stanza, file.path);
  if (digest.digest('hex') !== unpacked.sha256)
    throw new ContentFault(
      'wrong-digest',
      `${file.path} unpacks to other bytes than the Release says of ${unpacked.path}`,
      {
        path: file.path,
      },
    );
}

async function* hashed(
  pieces: AsyncIterable<Uint8Array>,
  digest: Hash,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    signal.throwIfAborted();
    digest.update(piece);
    yield piece;
  }
}

function packageOf(stanza: Stanza, index: string): RepositoryPackage {
  const name = word(stanza.package, 'Package', index);
  const version = word(stanza.version, 'Version', index);
  return {
    path: repositoryPath(copy(stanza.filename ?? ''), `Filename of ${name} in ${index}`),
    name,
    version,
    architecture: word(stanza.architecture, 'Architecture', index),
    ...sourceOf(stanza, name, version, index),
    sizeBytes: sizeOf(stanza, name, index),
    check: checkOf(stanza, name, index),
  };
}

/** `Source: name (version)`; without it the source is the package itself, deb-control(5). */
function sourceOf(
  stanza: Stanza,
  name: string,
  version: string,
  index: string,
): Pick<RepositoryPackage, 'source' | 'sourceVersion'> {
  if (stanza.source === undefined) return { source: name, sourceVersion: version };
  const [, source, sourceVersion] = /^(\S+)(?: +\((\S+)\))?$/.exec(stanza.source) ?? [];
  if (source === undefined) throw malformed(index, `${name} has the Source ${quoted(stanza.source)}`);
  return {
    source: word(source, 'Source', index),
    sourceVersion: sourceVersion === undefined ? version : word(sourceVersion, 'Source', index),
  };
}

function checkOf(stanza: Stanza, name: string, index: string): FileCheck {
  const sizeBytes = sizeOf(stanza, name, index);
  const { sha256, sha512 } = stanza;
  if (sha256 !== undefined) {
    if (!/^[0-9a-fA-F]{64}$/.test(sha256)) throw malformed(index, `${name} has the SHA256 ${quoted(sha256)}`);
    return { kind: 'sha256', sha256: copy(sha256).toLowerCase(), sizeBytes };
  }
  if (sha512 === undefined)
    throw new ContentFault(
      'weak-signature',
      `${index} has no SHA-256 of ${name}, so the signature does not vouch for it: the vendor has to list SHA-256`,
      { path: index },
    );
  if (!/^[0-9a-fA-F]{128}$/.test(sha512)) throw malformed(index, `${name} has the SHA512 ${quoted(sha512)}`);
  return { kind: 'sha512', sha512: copy(sha512).toLowerCase(), sizeBytes };
}

function sizeOf(stanza: Stanza, name: string, index: string): number {
  const size = stanza.size ?? '';
  if (!/^\d{1,15}$/.test(size)) throw malformed(index, `${name} has the Size ${quoted(size)}`);
  if (Number(size) > APT_LIMITS.packageBytes)
    throw new ContentFault('too-large', `${name} in ${index} has ${size} bytes, more than is ever fetched`, {
      path: index,
    });
  return Number(size);
}

/** Names, versions and architectures: what has no blank and nothing that a terminal would obey. */
function word(value: string | undefined, field: string, index: string): string {
  if (value === undefined || value.length > APT_LIMITS.wordCharacters || !/^[!-~\u00a0-\u00ff]+$/.test(value))
    throw malformed(index, `a package has the ${field} ${quoted(value ?? '')}`);
  return copy(value);
}

/** A slice keeps all the text alive that it was cut from; and the text was read as latin1. */
function copy(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 100));
}

function malformed(index: string, why: string): ContentFault {
  return new ContentFault('malformed', `${index} can't be taken: ${why}`, { path: index });
}
