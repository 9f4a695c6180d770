import type { ApproverSet, ApproverSignature } from '@thimble/protocol';
import { EnvelopeError, verifyStatement } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import type { Tables } from '../../storage/index.ts';
import { signedStatement } from './read-signatures.ts';
import { PAYLOAD_TYPE, type StatementKind, type StatementRow } from './statement-row.ts';

export interface SignedBy {
  readonly id: string;
  readonly name: string;
}

/**
 * Stores one signature after checking it as endpoints will, with the same code. The row that it is about is locked by the caller.
 *
 * @returns whose it is
 * @throws HttpProblem 422 `signature-refused`, 409 `already-signed`
 */
export async function addSignature(
  within: Kysely<Tables>,
  context: Pick<ServerContext, 'clock'>,
  organisationId: string,
  kind: StatementKind,
  row: StatementRow,
  set: ApproverSet,
  signature: ApproverSignature,
): Promise<SignedBy> {
  const person = signerOf(kind, row, set, signature);
  const { rows } = await sql`
    insert into approver_signature
      (subject_id, organisation_id, approver_id, approver_name, keyid, signature, signed_at)
    values (${row.id}, ${organisationId}, ${person.id}, ${person.name}, ${signature.keyid},
      ${JSON.stringify(signature)}::jsonb, ${context.clock()})
    on conflict (subject_id, approver_id) do update
      set approver_name = excluded.approver_name, keyid = excluded.keyid, signature = excluded.signature,
        signed_at = excluded.signed_at
      -- A key that left the set counts for nothing, and its person may sign again with another; so may who signed by passkey where key
      -- files are missing.
      where not (approver_signature.keyid = any(${keyidsOf(set, person.id)}::text[]))
        or (approver_signature.signature->>'kind' = 'passkey' and excluded.signature->>'kind' = 'file')
    returning 1`.execute(within);
  if (rows.length === 0)
    throw new HttpProblem(409, 'already-signed', {
      detail: `${person.name} has signed this already.`,
      hint: 'Each person counts once, whatever number of keys they have. Somebody else has to sign.',
    });
  return person;
}

function signerOf(kind: StatementKind, row: StatementRow, set: ApproverSet, signature: ApproverSignature): SignedBy {
  const known = set.approvers.some(({ keys }) => keys.some(({ keyid }) => keyid === signature.keyid));
  if (!known)
    throw new HttpProblem(422, 'signature-refused', {
      detail: `No approver has the key ${signature.keyid.slice(0, 16)}….`,
      hint: 'Only keys of the present set of approvers count: thimble approvers list',
    });
  const alone = { ...signedStatement(kind, row, []), signatures: [signature] };
  try {
    const [person] = verifyStatement(alone, PAYLOAD_TYPE[kind], set).approvers;
    if (person !== undefined) return person;
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
  }
  throw new HttpProblem(422, 'signature-refused', {
    detail: 'This signature does not hold for what is to be signed.',
    hint: 'Fetch the statement again and sign that. A passkey has to be used at an address that its set names.',
  });
}

function keyidsOf(set: ApproverSet, approverId: string): readonly string[] {
  return set.approvers.filter(({ id }) => id === approverId).flatMap(({ keys }) => keys.map(({ keyid }) => keyid));
}
