import type { PolicyDocument } from '@thimble/protocol';
import type { Policy } from '@thimble/rollouts';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { parseStored } from './parse-stored.ts';

/** One version of a policy as it was stored, whether or not the policy still stands. */
export interface StoredVersion {
  readonly policyId: string;
  readonly version: number;
  readonly policy: Policy;
  readonly document: PolicyDocument;
  readonly text: string;
  /** Of the text, lower-case hexadecimal. */
  readonly sha256: string;
  readonly changedAt: Date;
  readonly changedBy: string;
}

/** @returns undefined: there is no such version, or it is another organisation's. */
export async function readPolicyVersion(
  within: Kysely<Tables>,
  organisationId: string,
  policyId: string,
  version: number,
): Promise<StoredVersion | undefined> {
  const { rows } = await sql<Omit<StoredVersion, 'policyId' | 'version' | 'policy'>>`
    select document, text, sha256, created_at as "changedAt", created_by as "changedBy" from policy_version
    where organisation_id = ${organisationId} and policy_id = ${policyId} and version = ${version}`.execute(within);
  const [row] = rows;
  if (row === undefined) return undefined;
  return { policyId, version, policy: parseStored(row.document, policyId, version), ...row };
}
