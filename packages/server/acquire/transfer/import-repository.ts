import type { BundledRepository } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { NewEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { writeAnchors } from '../repositories/approve-keys.ts';
import type { Decider } from '../repositories/decide.ts';
import type { PublicKey } from '../repositories/public-key.ts';
import type { BundledPlace } from './bundled-place.ts';

/** Who imports, and whom the bundle is from. */
export interface Importer extends Decider {
  /** Fingerprint of the key that signed the bundle. */
  readonly signer: string;
  readonly now: Date;
}

/**
 * A repository that only bundles feed: switched off, so that nobody asks an upstream that can't be reached from here.
 *
 * @returns its id, and the evidence of whose keys are approved by whom
 */
export async function createBundled(
  within: Kysely<Tables>,
  { newId }: Pick<ServerContext, 'newId'>,
  importer: Importer,
  { name }: Pick<BundledRepository, 'name'>,
  { definition, trusted }: BundledPlace,
): Promise<{ readonly id: string; readonly evidence: NewEvidence }> {
  const { organisationId, name: person, now, signer } = importer;
  const { format, uris, mirrorList, suite, components, architectures, signature, files } = definition;
  const id = newId();
  await sql`
    insert into content_repository (id, organisation_id, name, format, uris, mirror_list, suite, components, architectures,
      signature, files, enabled, bundled, added_at, added_by)
    values (${id}, ${organisationId}, ${name}, ${format}, ${uris}::text[], ${mirrorList}, ${suite}, ${components}::text[],
      ${architectures}::text[], ${signature}, ${JSON.stringify(files)}::jsonb, false, true, ${now}, ${person})`.execute(
    within,
  );
  await writeAnchors(within, id, trusted, { name: person, at: now });
  const fingerprints = trusted.map(({ fingerprint }) => fingerprint);
  return {
    id,
    evidence: {
      organisationId,
      at: now,
      kind: 'repository-added',
      actor: person,
      summary: `${person} added the repository ${name}, switched off, by a bundle signed by ${signer}, with the key${fingerprints.length === 1 ? '' : 's'} ${fingerprints.join(', ') || 'of nobody'}`,
      detail: {
        repositoryId: id,
        format,
        uris,
        mirrorList,
        suite,
        components,
        architectures,
        signature,
        fingerprints,
        signer,
      },
    },
  };
}

/** What a newer state of a bundle changes of a repository that follows bundles. @returns evidence, when its keys are others now */
export async function followBundle(
  within: Kysely<Tables>,
  { organisationId, name: person, now, signer }: Importer,
  { definition, row, present, trusted }: BundledPlace,
): Promise<readonly NewEvidence[]> {
  if (row === null) return [];
  const { uris, components, architectures, files } = definition;
  await sql`
    update content_repository set uris = ${uris}::text[], components = ${components}::text[],
      architectures = ${architectures}::text[], files = ${JSON.stringify(files)}::jsonb
    where id = ${row.id}`.execute(within);
  await writeAnchors(within, row.id, trusted, { name: person, at: now });
  const approved = missingIn(present, trusted);
  const withdrawn = missingIn(trusted, present);
  if (approved.length + withdrawn.length === 0) return [];
  const words = [
    ...(approved.length === 0 ? [] : [`approved ${approved.join(', ')}`]),
    ...(withdrawn.length === 0 ? [] : [`withdrew ${withdrawn.join(', ')}`]),
  ];
  return [
    {
      organisationId,
      at: now,
      kind: 'repository-changed',
      actor: person,
      summary: `${person} changed the repository ${row.name} by a bundle signed by ${signer}: ${words.join(', ')}`,
      detail: { repositoryId: row.id, approvedFingerprints: approved, withdrawnFingerprints: withdrawn, signer },
    },
  ];
}

/** Fingerprints of `among` that `keys` has not. */
function missingIn(keys: readonly PublicKey[], among: readonly PublicKey[]): readonly string[] {
  const known = new Set(keys.map(({ fingerprint }) => fingerprint));
  return among.map(({ fingerprint }) => fingerprint).filter((fingerprint) => !known.has(fingerprint));
}
