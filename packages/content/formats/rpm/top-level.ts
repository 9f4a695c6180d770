import { ContentFault, type FreezeContext, type RepositoryDefinition } from '../../model/index.ts';
import { verifyDetached } from '../../signatures/index.ts';
import { REPOMD_PATH, SIGNATURE_PATH } from './repomd.ts';

/** Real ones have 3 to 20 kB. */
const REPOMD_LIMIT_BYTES = 4 * 1024 * 1024;
const SIGNATURE_LIMIT_BYTES = 256 * 1024;

export interface TopLevel {
  readonly repomd: Uint8Array;
  /** null: only packages are signed. */
  readonly signature: Uint8Array | null;
  readonly signedBy: string | null;
}

/**
 * repomd.xml, verified. A mirror that changes between the two requests gives a signature of the other state: when one does not hold,
 * both are asked for once more before it counts as forged.
 *
 * @throws ContentFault
 */
export async function fetchTop(definition: RepositoryDefinition, context: FreezeContext): Promise<TopLevel> {
  try {
    return await fetchOnce(definition, context);
  } catch (error) {
    if (!(error instanceof ContentFault) || error.code !== 'bad-signature') throw error;
    return fetchOnce(definition, context);
  }
}

async function fetchOnce(definition: RepositoryDefinition, context: FreezeContext): Promise<TopLevel> {
  const { anchors, now } = context;
  if (!anchors.some(({ kind }) => kind === 'openpgp'))
    throw new ContentFault(
      'unknown-key',
      'no key is approved for this repository: approve the one with which its publisher signs',
    );
  const repomd = await context.fetchUnverified(REPOMD_PATH, { limitBytes: REPOMD_LIMIT_BYTES });
  if (repomd === null)
    throw new ContentFault('missing', `there is no ${REPOMD_PATH}: the address must be that of the folder above`, {
      path: REPOMD_PATH,
    });
  if (definition.signature === 'packages') return { repomd, signature: null, signedBy: null };
  const signature = await context.fetchUnverified(SIGNATURE_PATH, { limitBytes: SIGNATURE_LIMIT_BYTES });
  if (signature === null)
    throw new ContentFault(
      'unsigned',
      `${REPOMD_PATH} is not signed (there is no ${SIGNATURE_PATH}): if the publisher signs only packages, decide so for this repository`,
      { path: REPOMD_PATH },
    );
  const { signedBy } = await verifyDetached(repomd, signature, anchors, now, REPOMD_PATH);
  return { repomd, signature, signedBy };
}
