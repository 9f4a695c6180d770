import { createHash } from 'node:crypto';
import { ContentFault, type FreezeContext } from '../../model/index.ts';
import { verifyClearsigned, verifyDetached } from '../../signatures/index.ts';
import { APT_LIMITS } from './limits.ts';
import type { Place } from './place.ts';

/** The signed Release of a suite. */
export interface TopLevel {
  /** The file by which a revision is known: InRelease, else Release. */
  readonly path: string;
  readonly sha256: string;
  /** What was signed; nothing else may be parsed. */
  readonly text: string;
  readonly signedBy: string;
  /** As clients ask for them: InRelease; or Release and Release.gpg. */
  readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[];
}

/**
 * InRelease; where upstream has none, Release with Release.gpg, as apt does. An InRelease that is not good is a fault, no reason to
 * look further: whoever can break it could otherwise choose what is looked at.
 *
 * @throws ContentFault `missing`, `unsigned`, and those of signatures
 */
export async function fetchTopLevel(place: Place, context: FreezeContext): Promise<TopLevel> {
  const limits = { limitBytes: APT_LIMITS.releaseBytes };
  const path = `${place.folder}InRelease`;
  const inRelease = await context.fetchUnverified(path, limits);
  if (inRelease === null) return fetchPair(place, context);
  const { text, signedBy } = await verifyClearsigned(inRelease, context.anchors, context.now, path);
  return { path, sha256: digest(inRelease), text, signedBy, files: [{ path, bytes: inRelease }] };
}

async function fetchPair(place: Place, context: FreezeContext): Promise<TopLevel> {
  const limits = { limitBytes: APT_LIMITS.releaseBytes };
  const path = `${place.folder}Release`;
  const release = await context.fetchUnverified(path, limits);
  if (release === null)
    throw new ContentFault(
      'missing',
      `upstream has neither ${place.folder}InRelease nor ${path}: correct the repository's address and suite`,
      { path },
    );
  const signaturePath = `${path}.gpg`;
  const signature = await context.fetchUnverified(signaturePath, limits);
  if (signature === null)
    throw new ContentFault('unsigned', `${path} has no signature: neither InRelease nor ${signaturePath} is there`, {
      path,
    });
  const { signedBy } = await verifyDetached(release, signature, context.anchors, context.now, path);
  const files = [
    { path, bytes: release },
    { path: signaturePath, bytes: signature },
  ];
  return { path, sha256: digest(release), text: Buffer.from(release).toString('utf8'), signedBy, files };
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
