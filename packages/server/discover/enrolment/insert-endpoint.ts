import type { EnrolRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { findFormer } from '../identity/former.ts';
import { readRules } from './rules.ts';
import type { UsedToken } from './use-token.ts';

/** More than people let in one by one; who has a token must not fill the database with others than that. */
const WAITING_AT_MOST = 5000;

/** Who enrolled, and by which request. */
export interface Newcomer {
  readonly body: EnrolRequest;
  readonly keyid: string;
  readonly sequence: number;
  readonly address: string;
}

/** Makes the endpoint that a token lets in, with what the token gives it. @throws HttpProblem 409 `already-enrolled`, 429 `queue-full` */
export async function insertEndpoint(
  within: Kysely<Tables>,
  context: ServerContext,
  token: UsedToken,
  { body, keyid, sequence, address }: Newcomer,
): Promise<{ readonly endpointId: string; readonly waiting: boolean }> {
  const endpointId = context.newId();
  const { organisationId } = token;
  const now = context.clock();
  const waiting = token.approve || (await readRules(within, organisationId)).approveEnrolments;
  if (waiting) await assertRoom(within, organisationId);
  const formerId = await findFormer(within, organisationId, body.machine);
  const taken = await sql`select 1 from endpoint_key where keyid = ${keyid}`.execute(within);
  const { rows } = await sql<{ id: string }>`
    insert into endpoint (id, organisation_id, enrolment_token_id, keyid, public_key, machine, hostname, os_id, os_name,
      architecture, enrolled_at, admission, address, former_id, labels, groups, asset_site)
    values (${endpointId}, ${organisationId}, ${token.id}, ${keyid}, ${body.publicKey}, ${body.machine},
      ${body.hostname}, ${body.os.id}, ${`${body.os.id} ${body.os.versionId}`.trim()}, ${body.architecture}, ${now},
      ${waiting ? 'waiting' : 'admitted'}, ${address}, ${formerId}, ${JSON.stringify(token.labels)}::jsonb,
      ${[...token.groups]}::text[], ${token.site})
    on conflict (keyid) where removed_at is null do nothing returning id`.execute(within);
  // Whose key it is, is nobody's business.
  if (rows.length === 0 || taken.rows.length > 0)
    throw new HttpProblem(409, 'already-enrolled', { detail: 'This key is or was in use.', hint: 'Make another one.' });
  await sql`
    insert into heartbeat (endpoint_id, organisation_id, last_seen_at, main_sequence, agent_version, agent_version_since)
    values (${endpointId}, ${organisationId}, ${now}, ${sequence}, ${body.agentVersion}, ${now})`.execute(within);
  await appendEvidence(within, [
    {
      organisationId,
      at: now,
      kind: 'endpoint-enrolled',
      actor: `enrolment token ${token.name}`,
      endpointId,
      summary: `${body.hostname} (${body.os.id} ${body.os.versionId}) was enrolled${waiting ? ' and waits to be let in' : ''}`,
      detail: { keyid, machine: body.machine, hostname: body.hostname, tokenId: token.id, address, waiting, formerId },
    },
  ]);
  return { endpointId, waiting };
}

/** The token is not used up by a try that finds no room: this ends its transaction. */
async function assertRoom(within: Kysely<Tables>, organisationId: string): Promise<void> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select 1 from endpoint where organisation_id = ${organisationId}
      and admission = 'waiting' and removed_at is null limit ${WAITING_AT_MOST}) as waiting`.execute(within);
  if ((rows[0]?.count ?? 0) < WAITING_AT_MOST) return;
  throw new HttpProblem(429, 'queue-full', {
    detail: `${WAITING_AT_MOST} endpoints wait to be let in already.`,
    hint: 'Admit or refuse them first: thimble endpoints waiting. If you know none of them, revoke their token.',
    headers: { 'retry-after': '3600' },
  });
}
