import type { BundledRepository, GenericFileEntry } from '@thimble/protocol';
import { GenericFileEntry as GenericFileEntrySchema } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { Value } from 'typebox/value';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type CheckedDefinition, checkDefinition } from '../repositories/check-definition.ts';
import type { PublicKey } from '../repositories/public-key.ts';
import { type RepositoryRow, readAnchors, readRepositories, toPublicKey } from '../repositories/rows.ts';

/** Where a repository of a bundle belongs here. */
export interface BundledPlace {
  readonly definition: CheckedDefinition;
  /** null: there is none of this place yet. */
  readonly row: RepositoryRow | null;
  /** It follows bundles: people here have not taken it into their own hands. */
  readonly follows: boolean;
  /** That are approved here now. */
  readonly present: readonly PublicKey[];
  /** That count for what the bundle has. */
  readonly trusted: readonly PublicKey[];
}

/** @throws HttpProblem 422 `bad-definition`, `bad-address` */
export function bundledDefinition({ files, ...given }: BundledRepository): CheckedDefinition {
  if (!files.every(isFile))
    throw new HttpProblem(422, 'bad-definition', { detail: `The list of files of ${given.name} is none.` });
  const { format, uris, mirrorList, suite, components, architectures, signature } = given;
  return checkDefinition({ format, uris, mirrorList, suite, components, architectures, signature, files });
}

function isFile(file: unknown): file is GenericFileEntry {
  return Value.Check(GenericFileEntrySchema, file);
}

/**
 * A repository that bundles brought takes its keys from them. One that people added here keeps its own: a bundle can't make them trust
 * another one, nor take unsigned metadata for signed.
 *
 * @param keys that the bundle has for it
 * @throws HttpProblem 409 `repository-differs`, `key-not-approved`
 */
export async function findPlace(
  within: Kysely<Tables>,
  organisationId: string,
  definition: CheckedDefinition,
  keys: readonly PublicKey[],
): Promise<BundledPlace> {
  const { format, uris, mirrorList, suite } = definition;
  const [row] = await readRepositories(
    within,
    sql`r.organisation_id = ${organisationId} and r.format = ${format} and r.uris[1] = ${uris[0]}
      and coalesce(r.mirror_list, '') = ${mirrorList ?? ''} and r.suite = ${suite}`,
  );
  if (row === undefined) return { definition, row: null, follows: true, present: [], trusted: keys };
  if (row.signature !== definition.signature)
    throw new HttpProblem(409, 'repository-differs', {
      detail: `Of ${row.name}, here ${whatIsSigned(row.signature)} signed, and in the bundle ${whatIsSigned(definition.signature)}.`,
      hint: 'Decide what holds, and remove the repository here if it is the bundle’s.',
    });
  const present = (await readAnchors(within, [row.id])).map(toPublicKey);
  const follows = !row.enabled && (await isBundled(within, row.id));
  const trusted = follows ? keys : keys.filter(({ fingerprint }) => has(present, fingerprint));
  if (trusted.length === 0 && keys.length > 0) throw notApproved(row, keys);
  return { definition, row, follows, present, trusted };
}

/** @throws HttpProblem 409 when it isn't approved here */
export function assertApproved({ row, present }: BundledPlace, signedBy: string): void {
  if (row !== null && !has(present, signedBy)) throw notApproved(row, [{ fingerprint: signedBy }]);
}

function has(keys: readonly PublicKey[], fingerprint: string): boolean {
  return keys.some((key) => key.fingerprint === fingerprint);
}

function whatIsSigned(signature: 'metadata' | 'packages'): string {
  return signature === 'metadata' ? 'the metadata is' : 'only packages are';
}

function notApproved({ name }: RepositoryRow, keys: readonly Pick<PublicKey, 'fingerprint'>[]): HttpProblem {
  return new HttpProblem(409, 'key-not-approved', {
    detail: `The bundle’s state of ${name} is signed with ${keys.map(({ fingerprint }) => fingerprint).join(', ')}, which is not approved for it here.`,
    hint: 'Compare the fingerprint with the vendor’s, and approve it for this repository: thimble content repositories update.',
  });
}

async function isBundled(within: Kysely<Tables>, id: string): Promise<boolean> {
  const { rows } = await sql<{ bundled: boolean }>`select bundled from content_repository where id = ${id}`.execute(
    within,
  );
  return rows[0]?.bundled === true;
}
