import { ContentFault } from '@thimble/content';
import type { BundledRepository } from '@thimble/protocol';
import { HttpProblem } from '../../http/index.ts';
import { type PublicKey, problemOf, readPublicKeys } from '../repositories/public-key.ts';

/**
 * The keys that somebody approved where the bundle was made, as their own bytes say. Those that could not be approved at the time for
 * which they count are left out.
 *
 * @throws HttpProblem 422 `bad-key-material`
 */
export async function bundledKeys({ name, anchors, frozenAt }: BundledRepository): Promise<readonly PublicKey[]> {
  const keys: PublicKey[] = [];
  for (const anchor of anchors) {
    const found = await readKeys(name, Buffer.from(anchor.material, 'base64'));
    const key = found.find(({ kind, fingerprint }) => kind === anchor.kind && fingerprint === anchor.fingerprint);
    if (key === undefined) throw bad(name, `the key that it calls ${anchor.fingerprint} is another one`);
    if (problemOf(key, new Date(frozenAt)) === '') keys.push({ ...key, name: anchor.name });
  }
  return keys;
}

async function readKeys(name: string, material: Uint8Array): Promise<readonly PublicKey[]> {
  try {
    return await readPublicKeys(material, 'a key of the bundle');
  } catch (error) {
    if (error instanceof ContentFault) throw bad(name, error.message, error);
    throw error;
  }
}

function bad(repository: string, why: string, cause?: unknown): HttpProblem {
  return new HttpProblem(422, 'bad-key-material', {
    detail: `${repository} of the bundle: ${why}.`,
    hint: 'Nothing of the bundle was taken over. Export it again.',
    cause,
  });
}
