import {
  type ApproverSet,
  type ApproverSignature,
  countSignatures,
  type SignatureCount,
  type SignedStatement,
  type StatementProgress,
} from '@thimble/protocol';
import { statementDigest } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { PAYLOAD_TYPE, type StatementKind, type StatementRow } from './statement-row.ts';

export interface SignatureRow {
  readonly subject_id: string;
  readonly approver_id: string;
  readonly approver_name: string;
  readonly keyid: string;
  readonly signature: ApproverSignature;
  readonly signed_at: Date;
}

export type Signatures = ReadonlyMap<string, readonly SignatureRow[]>;

/** By what was signed, in the order in which they came. */
export async function readSignatures(
  within: Kysely<Tables>,
  organisationId: string,
  subjectIds: readonly string[],
): Promise<Signatures> {
  const { rows } = await sql<SignatureRow>`
    select subject_id, approver_id, approver_name, keyid, signature, signed_at from approver_signature
    where organisation_id = ${organisationId} and subject_id = any(${[...subjectIds]}::uuid[])
    order by signed_at, approver_id`.execute(within);
  const bySubject = new Map<string, SignatureRow[]>();
  for (const row of rows) bySubject.set(row.subject_id, [...(bySubject.get(row.subject_id) ?? []), row]);
  return bySubject;
}

/**
 * Those that count for a set. Each held when it came, and a key's id is its digest: a person who still has that key in the set still
 * signed. Nobody's signature counts without a set.
 */
export function countingSignatures(
  rows: readonly SignatureRow[] | undefined,
  set: ApproverSet | null,
): readonly SignatureRow[] {
  if (set === null) return [];
  return (rows ?? []).filter((row) =>
    set.approvers.some(({ id, keys }) => id === row.approver_id && keys.some(({ keyid }) => keyid === row.keyid)),
  );
}

/** The same, counted. */
export function countedSignatures(rows: readonly SignatureRow[] | undefined, set: ApproverSet): SignatureCount {
  return countSignatures(countingSignatures(rows, set).map(({ signature }) => signature));
}

export function progressOf(
  kind: StatementKind,
  { payload }: StatementRow,
  counting: readonly SignatureRow[],
  set: ApproverSet | null,
): StatementProgress {
  return {
    digest: statementDigest(PAYLOAD_TYPE[kind], Buffer.from(payload)),
    threshold: set?.threshold ?? 0,
    keyFilesAtLeast: set?.keyFilesAtLeast ?? 0,
    signed: counting.map((row) => ({
      approverId: row.approver_id,
      name: row.approver_name,
      keyid: row.keyid,
      kind: row.signature.kind,
      signedAt: row.signed_at.toISOString(),
    })),
  };
}

export function signedStatement(
  kind: StatementKind,
  { payload }: StatementRow,
  rows: readonly SignatureRow[],
): SignedStatement {
  return {
    payloadType: PAYLOAD_TYPE[kind],
    payload: Buffer.from(payload).toString('base64'),
    signatures: rows.map(({ signature }) => signature),
  };
}
