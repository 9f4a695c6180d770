import { createHash } from 'node:crypto';
import { EnrolReply, EnrolRequest } from '@thimble/protocol';
import { keyThumbprint, verifyingKey } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import { trustDesk } from '../approvals/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import type { Tables } from '../storage/index.ts';
import { agentRoutes, assertSigned, readClaim, SMALL_BODY_BYTES, stale } from './agent-gate.ts';
import { bodyReader } from './agent-body.ts';
import { createFailureLimit, type FailureLimit } from './enrolment/failure-limit.ts';
import { insertEndpoint, type Newcomer } from './enrolment/insert-endpoint.ts';
import { useToken } from './enrolment/use-token.ts';

/** POST /agent/enrol: a token makes an endpoint of whoever shows that it holds the key that it names. */
export async function registerEnrol(app: App, context: ServerContext): Promise<void> {
  const read = bodyReader(EnrolRequest, SMALL_BODY_BYTES);
  const failures = createFailureLimit(context.clock);
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
        assertNotBlocked(failures, request.ip);
        const claimed = readClaim(request, context);
        const body = await read(request);
        if (claimed.keyid !== keyThumbprint(body.publicKey))
          throw new HttpProblem(401, 'signature-invalid', { detail: 'The request is not signed by the key it names.' });
        assertSigned(request, claimed, verifyingKey(body.publicKey), context);
        const { keyid, sequence } = claimed;
        return enrol(context, { body, keyid, sequence, address: request.ip }).catch((error: unknown) => {
          if (error instanceof HttpProblem && error.code === 'bad-enrolment-token') failures.note(request.ip);
          throw error;
        });
      },
    );
  };
  await agentRoutes(app, context, define, 'anybody');
}

/** @throws HttpProblem 429 */
function assertNotBlocked(failures: FailureLimit, address: string): void {
  if (!failures.isBlocked(address)) return;
  throw new HttpProblem(429, 'too-many-attempts', {
    detail: 'Too many enrolments from this address failed.',
    headers: { 'retry-after': String(failures.retryAfterSeconds) },
  });
}

async function enrol(context: ServerContext, newcomer: Newcomer): Promise<EnrolReply> {
  const { body, keyid, sequence, address } = newcomer;
  const secretHash = createHash('sha256').update(body.token).digest();
  const enrolled = await context.database.kysely.transaction().execute(async (within) => {
    const known = await findEnrolled(within, secretHash, keyid);
    if (known !== undefined) return repeat(within, known, body, sequence, context.clock());
    const token = await useToken(within, secretHash, address, context.clock());
    return { ...(await insertEndpoint(within, context, token, newcomer)), organisationId: token.organisationId };
  });
  await context.events.publish({
    organisationId: enrolled.organisationId,
    topic: 'endpoint',
    key: enrolled.endpointId,
    live: { kind: 'endpoint-changed', endpointId: enrolled.endpointId },
  });
  const { rows } = await sql<{ name: string }>`
    select name from organisation where id = ${enrolled.organisationId}`.execute(context.database.kysely);
  const { waiting, ...ids } = enrolled;
  const orderKeys = await context.orderKeys.chain();
  return {
    ...ids,
    ...(waiting ? { waiting } : {}),
    organisationName: rows[0]?.name ?? '',
    orderKeys: [...orderKeys.keys],
    orderKeysSequence: orderKeys.sequence,
    checkInIntervalSeconds: context.settings.checkInIntervalS,
    // Who the approvers are is not told to strangers.
    ...(waiting ? {} : { trust: await trustDesk(context).first(enrolled, orderKeys) }),
  };
}

interface Enrolled {
  readonly endpointId: string;
  readonly organisationId: string;
  readonly waiting: boolean;
}

/** An endpoint that this very token enrolled with this very key: the reply was lost, or the command ran twice. */
async function findEnrolled(
  within: Kysely<Tables>,
  secretHash: Buffer,
  keyid: string,
): Promise<(Enrolled & { machine: string }) | undefined> {
  const { rows } = await sql<{
    id: string;
    organisation_id: string;
    machine: string;
    waiting: boolean;
    same_token: boolean;
  }>`
    select e.id, e.organisation_id, e.machine, e.admission = 'waiting' as waiting, (t.secret_hash = ${secretHash} and t.revoked_at is null) as same_token
    from endpoint e join enrolment_token t on t.id = e.enrolment_token_id
    where e.keyid = ${keyid} and e.removed_at is null`.execute(within);
  const [row] = rows;
  if (row === undefined) return undefined;
  if (!row.same_token) throw new HttpProblem(409, 'already-enrolled', { detail: 'This key is or was in use.' });
  return { endpointId: row.id, organisationId: row.organisation_id, machine: row.machine, waiting: row.waiting };
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
  const { endpointId, organisationId, waiting } = known;
  if (rows.length > 0) return { endpointId, organisationId, waiting };
  const held = await sql<{ main_sequence: number }>`
    select main_sequence from heartbeat where endpoint_id = ${known.endpointId}`.execute(within);
  throw stale(held.rows[0]?.main_sequence ?? 0);
}
