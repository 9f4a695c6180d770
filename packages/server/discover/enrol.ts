import { createHash } from 'node:crypto';
import { EnrolReply, EnrolRequest } from '@thimble/protocol';
import { keyThumbprint, verifyingKey } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';
import { agentRoutes, assertSigned, readClaim, SMALL_BODY_BYTES, stale } from './agent-gate.ts';
import { bodyReader } from './agent-body.ts';

/** POST /agent/enrol: a token makes an endpoint of whoever shows that it holds the key that it names. */
export async function registerEnrol(app: App, context: ServerContext): Promise<void> {
  const read = bodyReader(EnrolRequest, SMALL_BODY_BYTES);
  const define = (scope: App): void => {
    scope.post(
      '/enrol',
      {
        // The token is checked here and the signature too; there is no endpoint yet whose request it could be.
        config: { access: 'public' },
        bodyLimit: SMALL_BODY_BYTES,
        schema: { body: EnrolRequest, response: { 200: EnrolReply } },
      },
      async (request) => {
        const claimed = readClaim(request, context);
        const body = await read(request);
        if (claimed.keyid !== keyThumbprint(body.publicKey))
          throw new HttpProblem(401, 'signature-invalid', { detail: 'The request is not signed by the key it names.' });
        assertSigned(request, claimed, verifyingKey(body.publicKey), context);
        return enrol(context, body, claimed.keyid, claimed.sequence);
      },
    );
  };
  await agentRoutes(app, context, define, false);
}

async function enrol(context: ServerContext, body: EnrolRequest, keyid: string, sequence: number): Promise<EnrolReply> {
  const secretHash = createHash('sha256').update(body.token).digest();
  const enrolled = await context.database.kysely.transaction().execute(async (within) => {
    const known = await findEnrolled(within, secretHash, keyid);
    if (known !== undefined) return repeat(within, known, body, sequence, context.clock());
    const token = await useToken(within, secretHash, context.clock());
    return insertEndpoint(within, context, token, body, keyid, sequence);
  });
  await context.events.publish({
    organisationId: enrolled.organisationId,
    topic: 'endpoint',
    key: enrolled.endpointId,
    live: { kind: 'endpoint-changed', endpointId: enrolled.endpointId },
  });
  const { rows } = await sql<{ name: string }>`
    select name from organisation where id = ${enrolled.organisationId}`.execute(context.database.kysely);
  return {
    ...enrolled,
    organisationName: rows[0]?.name ?? '',
    orderKeys: [{ keyid: context.orderKey.keyid, publicKey: context.orderKey.publicKey }],
    checkInIntervalSeconds: context.settings.checkInIntervalS,
  };
}

interface Enrolled {
  readonly endpointId: string;
  readonly organisationId: string;
}

/** Two uses of a token's last use at once: the row lock lets one of them see that it is used up. */
async function useToken(
  within: Kysely<Tables>,
  secretHash: Buffer,
  now: Date,
): Promise<{ id: string; organisationId: string; name: string }> {
  const { rows } = await sql<{ id: string; organisation_id: string; name: string }>`
    update enrolment_token set use_count = use_count + 1, last_used_at = ${now}
    where secret_hash = ${secretHash} and revoked_at is null and (expires_at is null or expires_at > ${now})
      and (maximum_uses is null or use_count < maximum_uses)
    returning id, organisation_id, name`.execute(within);
  const [row] = rows;
  // Which of unknown, revoked, expired and used up it is, is nobody's business who does not have the console.
  if (row === undefined)
    throw new HttpProblem(401, 'bad-enrolment-token', {
      detail: 'This enrolment token is not valid: unknown, revoked, expired or used up.',
      hint: 'Make a new one in the console or with: thimble enrolment-tokens create',
    });
  return { id: row.id, organisationId: row.organisation_id, name: row.name };
}

/** An endpoint that this very token enrolled with this very key: the reply was lost, or the command ran twice. */
async function findEnrolled(
  within: Kysely<Tables>,
  secretHash: Buffer,
  keyid: string,
): Promise<(Enrolled & { machine: string }) | undefined> {
  const { rows } = await sql<{ id: string; organisation_id: string; machine: string; same_token: boolean }>`
    select e.id, e.organisation_id, e.machine, (t.secret_hash = ${secretHash} and t.revoked_at is null) as same_token
    from endpoint e join enrolment_token t on t.id = e.enrolment_token_id
    where e.keyid = ${keyid} and e.removed_at is null`.execute(within);
  const [row] = rows;
  if (row === undefined) return undefined;
  if (!row.same_token)
    throw new HttpProblem(409, 'already-enrolled', { detail: 'This key belongs to an endpoint that is enrolled.' });
  return { endpointId: row.id, organisationId: row.organisation_id, machine: row.machine };
}

async function repeat(
  within: Kysely<Tables>,
  known: Enrolled & { machine: string },
  body: EnrolRequest,
  sequence: number,
  now: Date,
): Promise<Enrolled> {
  if (known.machine !== body.machine)
    throw new HttpProblem(409, 'already-enrolled', { detail: 'Another machine is enrolled with this key.' });
  const { rows } = await sql<{ main_sequence: number }>`
    update heartbeat set main_sequence = ${sequence}, last_seen_at = greatest(last_seen_at, ${now})
    where endpoint_id = ${known.endpointId} and main_sequence < ${sequence} returning main_sequence`.execute(within);
  if (rows.length > 0) return { endpointId: known.endpointId, organisationId: known.organisationId };
  const held = await sql<{ main_sequence: number }>`
    select main_sequence from heartbeat where endpoint_id = ${known.endpointId}`.execute(within);
  throw stale(held.rows[0]?.main_sequence ?? 0);
}

async function insertEndpoint(
  within: Kysely<Tables>,
  context: ServerContext,
  token: { id: string; organisationId: string; name: string },
  body: EnrolRequest,
  keyid: string,
  sequence: number,
): Promise<Enrolled> {
  const endpointId = context.newId();
  const { organisationId } = token;
  const now = context.clock();
  const { rows } = await sql<{ id: string }>`
    insert into endpoint (id, organisation_id, enrolment_token_id, keyid, public_key, machine, hostname, os_id, os_name,
      architecture, enrolled_at)
    values (${endpointId}, ${organisationId}, ${token.id}, ${keyid}, ${body.publicKey}, ${body.machine},
      ${body.hostname}, ${body.os.id}, ${`${body.os.id} ${body.os.versionId}`.trim()}, ${body.architecture}, ${now})
    on conflict (keyid) where removed_at is null do nothing returning id`.execute(within);
  if (rows.length === 0)
    throw new HttpProblem(409, 'already-enrolled', { detail: 'The same key is being enrolled by another request.' });
  await sql`
    insert into heartbeat (endpoint_id, organisation_id, last_seen_at, main_sequence, agent_version)
    values (${endpointId}, ${organisationId}, ${now}, ${sequence}, ${body.agentVersion})`.execute(within);
  await appendEvidence(within, [
    {
      organisationId,
      at: now,
      kind: 'endpoint-enrolled',
      actor: `enrolment token ${token.name}`,
      endpointId,
      summary: `${body.hostname} (${body.os.id} ${body.os.versionId}) was enrolled`,
      detail: { keyid, machine: body.machine, hostname: body.hostname, tokenId: token.id },
    },
  ]);
  return { endpointId, organisationId };
}
