import { hash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { type Actor, noteProposal } from '../../access/index.ts';
import type { ServerContext } from '../../context.ts';
import type { Tables } from '../../storage/index.ts';
import type { ReadPolicy } from './read-source.ts';

export interface NewVersion {
  readonly id: string;
  readonly version: number;
  readonly read: Pick<ReadPolicy, 'document' | 'text'>;
  readonly note: string;
}

/** Who wrote it answers for it. @returns the SHA-256 of its text */
export async function insertVersion(
  within: Kysely<Tables>,
  { clock }: Pick<ServerContext, 'clock'>,
  operator: Actor,
  { id, version, read: { document, text }, note }: NewVersion,
): Promise<string> {
  const now = clock();
  const sha256 = hash('sha256', text, 'hex');
  await sql`
    insert into policy_version (policy_id, organisation_id, version, document, text, sha256, note, created_at, created_by)
    values (${id}, ${operator.organisationId}, ${version}, ${JSON.stringify(document)}::jsonb, ${text}, ${sha256}, ${note},
      ${now}, ${operator.name})`.execute(within);
  await noteProposal(within, operator, `policy:${id}:${version}`, now);
  return sha256;
}
