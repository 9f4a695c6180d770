import { ContentFault } from '@thimble/content';
import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { sharedDocuments } from './configured.ts';
import { keysOf } from './endpoint-keys.ts';
import { type PublicKey, normalFingerprint, problemOf, readPublicKeys } from './public-key.ts';

/**
 * The keys behind fingerprints that a person compared: of `material`, else of what the repository has, else of endpoints.
 *
 * @throws HttpProblem 422 `unknown-key`, `unusable-key`, `bad-key-material`
 */
export async function approvedKeys(
  within: Kysely<Tables>,
  organisationId: string,
  {
    fingerprints,
    material,
    present,
    now,
  }: {
    readonly fingerprints: readonly string[];
    readonly material: string | undefined;
    readonly present: readonly PublicKey[];
    readonly now: Date;
  },
): Promise<readonly PublicKey[]> {
  const wanted = new Set(fingerprints.map(normalFingerprint));
  const found = new Map<string, PublicKey>();
  const take = (keys: readonly PublicKey[]): void => {
    for (const key of keys)
      if (wanted.has(key.fingerprint) && !found.has(key.fingerprint)) found.set(key.fingerprint, key);
  };
  if (material !== undefined && material.trim() !== '') take(await readMaterial(material));
  take(present);
  if (found.size < wanted.size)
    for await (const { document } of sharedDocuments(within, organisationId, 'places-and-keys')) {
      for (const keyring of document.keyrings) take(await keysOf(keyring));
      if (found.size === wanted.size) break;
    }
  const missing = [...wanted].filter((fingerprint) => !found.has(fingerprint));
  if (missing.length > 0)
    throw new HttpProblem(422, 'unknown-key', {
      detail: `No endpoint has a key with the fingerprint ${missing.join(', ')}, and none was given.`,
      hint: 'Compare the whole fingerprint (40 digits, an RSA key’s has 64), or give the key itself as keyMaterial.',
    });
  for (const key of found.values()) {
    const problem = problemOf(key, now);
    if (problem !== '' && !present.includes(key))
      throw new HttpProblem(422, 'unusable-key', {
        detail: `The key ${key.fingerprint} can’t be approved. ${problem}`,
        hint: 'Get the vendor’s present key from a place that you trust.',
      });
  }
  return [...found.values()];
}

/** @throws HttpProblem 422 */
export async function readMaterial(material: string | Uint8Array): Promise<readonly PublicKey[]> {
  const bytes = typeof material === 'string' ? Buffer.from(material) : material;
  try {
    return await readPublicKeys(bytes, 'the key material');
  } catch (error) {
    if (!(error instanceof ContentFault)) throw error;
    throw new HttpProblem(422, 'bad-key-material', {
      detail: error.message,
      hint: 'Give an OpenPGP public key (gpg --armor --export KEY), or an RSA public key in PEM for apk.',
    });
  }
}

/** Replaces the approved keys of a repository. */
export async function writeAnchors(
  within: Kysely<Tables>,
  repositoryId: string,
  keys: readonly PublicKey[],
  by: { readonly name: string; readonly at: Date },
): Promise<void> {
  const fingerprints = keys.map(({ fingerprint }) => fingerprint);
  await sql`delete from content_trust_anchor where repository_id = ${repositoryId}
    and not fingerprint = any(${fingerprints})`.execute(within);
  for (const { fingerprint, kind, name, material, userIds, createdAt, expiresAt } of keys)
    await sql`
      insert into content_trust_anchor (repository_id, fingerprint, kind, name, material, user_ids, key_created_at,
        key_expires_at, approved_at, approved_by)
      values (${repositoryId}, ${fingerprint}, ${kind}, ${name}, ${Buffer.from(material)}, ${[...userIds]}::text[],
        ${createdAt}, ${expiresAt}, ${by.at}, ${by.name})
      on conflict (repository_id, fingerprint) do update set material = excluded.material,
        user_ids = excluded.user_ids, key_expires_at = excluded.key_expires_at`.execute(within);
}
