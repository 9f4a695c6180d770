import type { ApproverSet } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { NewEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { Operator } from '../publish-trust.ts';
import { recountRequests } from '../requests/recount-requests.ts';
import type { StatementRow } from '../statements/statement-row.ts';
import { setInWords } from './set-in-words.ts';

/** From now on this set's signatures count, for what was asked before as well. @returns its record, to be appended last */
export async function activateSet(
  within: Kysely<Tables>,
  context: ServerContext,
  operator: Operator,
  { id, set }: StatementRow & { readonly set: ApproverSet },
): Promise<NewEvidence> {
  const { organisationId } = operator;
  const now = context.clock();
  await sql`update approver_set set state = 'replaced'
    where organisation_id = ${organisationId} and state = 'active'`.execute(within);
  await sql`update approver_set set state = 'active', activated_at = ${now}
    where organisation_id = ${organisationId} and id = ${id}`.execute(within);
  await recountRequests(within, context, organisationId, set);
  return {
    organisationId,
    at: now,
    kind: 'approvers-changed',
    actor: operator.name,
    summary: `the approvers are ${setInWords(set)} from now on (version ${set.version})`,
    detail: {
      setId: id,
      version: set.version,
      threshold: set.threshold,
      keyFilesAtLeast: set.keyFilesAtLeast ?? 0,
      approvers: set.approvers.map((approver) => ({
        id: approver.id,
        keyids: approver.keys.map(({ keyid }) => keyid),
      })),
    },
  };
}
