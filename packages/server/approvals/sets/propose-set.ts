import { type ApproverSet, canonicalJson, type ProposeApproversRequest, usualKeyFiles } from '@thimble/protocol';
import { approverSetFlaw, sha256, statementDigest } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence, type NewEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { type Operator, publishTrust } from '../publish-trust.ts';
import { PAYLOAD_TYPE, type StatementRow } from '../statements/statement-row.ts';
import { activateSet } from './activate-set.ts';
import { lockSets } from './lock-sets.ts';
import { readSet } from './set-entry.ts';
import { setInWords } from './set-in-words.ts';

/**
 * The next set. The first one holds at once, because nobody is there who could sign it; each later one when a threshold of the present
 * one has signed it. A present threshold of 0 asks for nobody's signature, and endpoints pin such a set, too.
 *
 * @throws HttpProblem 409 `proposal-open`, 422 `unsound-set`
 */
export async function proposeSet(
  context: ServerContext,
  operator: Operator,
  request: ProposeApproversRequest,
): Promise<void> {
  const { organisationId } = operator;
  const { threshold, approvers } = request;
  await context.database.kysely.transaction().execute(async (within) => {
    await lockSets(within, organisationId);
    const present = await presentSet(within, organisationId);
    const keyFilesAtLeast = keyFilesOf(request, present === null ? null : readSet(present));
    const now = context.clock();
    const set: ApproverSet = {
      format: 1,
      kind: 'approver-set',
      organisationId,
      version: present === null ? 1 : readSet(present).version + 1,
      previous: present === null ? null : sha256(present.payload),
      threshold,
      ...(keyFilesAtLeast === 0 ? {} : { keyFilesAtLeast }),
      approvers,
      issuedAt: now.toISOString(),
    };
    const flaw = approverSetFlaw(set);
    if (flaw !== null) throw new HttpProblem(422, 'unsound-set', { detail: `This can't be a set: ${flaw}.` });
    const row = { id: context.newId(), payload: canonicalJson(set) };
    await insertProposal(within, operator, set, row, now);
    const digest = statementDigest(PAYLOAD_TYPE['approver-set'], Buffer.from(row.payload));
    const proposed: NewEvidence = {
      organisationId,
      at: now,
      kind: 'approvers-proposed',
      actor: operator.name,
      summary: `${operator.name} proposed the approvers ${setInWords(set)}`,
      detail: {
        setId: row.id,
        version: set.version,
        threshold,
        keyFilesAtLeast,
        digest,
        approvers: approvers.map(({ id }) => id),
      },
    };
    const holdsAtOnce = present === null || readSet(present).threshold === 0;
    const changed = holdsAtOnce ? [await activateSet(within, context, operator, { ...row, set })] : [];
    await publishTrust(context, organisationId, within);
    await appendEvidence(within, [proposed, ...changed]);
  });
}

/** What was not asked for stays, as far as there are still so many signatures. A set that nobody has to sign for says nothing. */
function keyFilesOf(request: ProposeApproversRequest, present: ApproverSet | null): number {
  if (request.keyFilesAtLeast !== undefined) return request.keyFilesAtLeast;
  if (present === null || present.threshold === 0) return usualKeyFiles(request);
  return Math.min(present.keyFilesAtLeast ?? 0, request.threshold);
}

async function presentSet(within: Kysely<Tables>, organisationId: string): Promise<StatementRow | null> {
  const { rows } = await sql<StatementRow>`
    select id, payload from approver_set where organisation_id = ${organisationId} and state = 'active'`.execute(
    within,
  );
  return rows[0] ?? null;
}

async function insertProposal(
  within: Kysely<Tables>,
  operator: Operator,
  set: ApproverSet,
  { id, payload }: StatementRow,
  now: Date,
): Promise<void> {
  const { rows } = await sql`
    insert into approver_set (id, organisation_id, version, state, payload, proposed_at, proposed_by)
    values (${id}, ${operator.organisationId}, ${set.version}, 'proposed', ${payload}, ${now}, ${operator.name})
    on conflict do nothing returning 1`.execute(within);
  if (rows.length === 0)
    throw new HttpProblem(409, 'proposal-open', {
      detail: 'Another set of approvers is proposed already.',
      hint: 'Sign or withdraw that one first.',
    });
}
