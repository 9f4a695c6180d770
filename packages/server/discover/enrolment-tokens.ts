import {
  API,
  CreatedEnrolmentToken,
  CreateEnrolmentTokenRequest,
  ENROLMENT_TOKEN_HOURS,
  type EnrolmentToken,
  EnrolmentTokenList,
  Uuid,
} from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { Type } from 'typebox';
import { type Principal, hashSecret, newSecret, operatorOf } from '../access/index.ts';
import type { ServerContext } from '../context.ts';
import type { App } from '../http/app.ts';
import { HttpProblem } from '../http/index.ts';
import { readNetworks } from '../http/networks.ts';
import { appendEvidence } from '../report/index.ts';
import type { Tables } from '../storage/index.ts';

const HOUR_MS = 3_600_000;
const PREFIX = 'thimble_enrol_';

/** Tokens with which endpoints enrol. Only the digest of the secret is kept. */
export async function registerEnrolmentTokens(app: App, context: ServerContext): Promise<void> {
  const { kysely } = context.database;
  app.get(
    `${API}/enrolment-tokens`,
    { config: { access: 'operator' }, schema: { summary: 'Enrolment tokens', response: { 200: EnrolmentTokenList } } },
    async (request) => {
      const { rows } = await sql<TokenRow>`
        select ${COLUMNS} from enrolment_token
        where organisation_id = ${operatorOf(request).organisationId} and revoked_at is null
        order by created_at desc limit 1000`.execute(kysely);
      return { items: rows.map(toToken) };
    },
  );
  app.post(
    `${API}/enrolment-tokens`,
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Make an enrolment token',
        body: CreateEnrolmentTokenRequest,
        response: { 201: CreatedEnrolmentToken },
      },
    },
    async (request, reply) => {
      const operator = operatorOf(request);
      const created = await createEnrolmentToken(context, operator, request.body);
      return reply.code(201).send(created);
    },
  );
  app.delete(
    `${API}/enrolment-tokens/:id`,
    {
      config: { access: 'operator' },
      schema: {
        summary: 'Revoke an enrolment token',
        params: Type.Object({ id: Uuid }),
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      await revoke(context, operatorOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

async function revoke(
  context: ServerContext,
  { organisationId, name: actor }: Pick<Principal, 'organisationId' | 'name'>,
  id: string,
): Promise<void> {
  const now = context.clock();
  await context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ name: string }>`
      update enrolment_token set revoked_at = ${now}
      where id = ${id} and organisation_id = ${organisationId} and revoked_at is null returning name`.execute(within);
    const [token] = rows;
    if (token === undefined) throw new HttpProblem(404, 'not-found', { detail: 'There is no such enrolment token.' });
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'token-revoked',
        actor,
        summary: `enrolment token ${token.name} was revoked`,
        detail: { tokenId: id },
      },
    ]);
  });
}

/** Makes a token; its secret is in what is returned and nowhere else. */
export async function createEnrolmentToken(
  context: Pick<ServerContext, 'database' | 'clock' | 'newId' | 'random' | 'publicUrl' | 'caFingerprint'>,
  creator: Pick<Principal, 'organisationId' | 'name'>,
  request: CreateEnrolmentTokenRequest,
): Promise<CreatedEnrolmentToken> {
  const { name, maximumUses = null, expiresInHours: hours = ENROLMENT_TOKEN_HOURS } = request;
  const { labels = {}, groups = [], site = '', approve = false } = request;
  const networks = readNetworks(request.networks ?? []);
  const secret = newSecret(PREFIX, context.random);
  const now = context.clock();
  const id = context.newId();
  const expiresAt = hours === null ? null : new Date(now.getTime() + hours * HOUR_MS);
  const token = await context.database.kysely.transaction().execute(async (within: Kysely<Tables>) => {
    const { rows } = await sql<TokenRow>`
      insert into enrolment_token (id, organisation_id, secret_hash, name, created_by, created_at, expires_at, maximum_uses,
        labels, groups, site, networks, approve)
      values (${id}, ${creator.organisationId}, ${hashSecret(secret)}, ${name}, ${creator.name}, ${now}, ${expiresAt},
        ${maximumUses}, ${JSON.stringify(labels)}::jsonb, ${[...groups]}::text[], ${site}, ${networks}::text[],
        ${approve})
      returning ${COLUMNS}`.execute(within);
    await appendEvidence(within, [
      {
        organisationId: creator.organisationId,
        at: now,
        kind: 'token-created',
        actor: creator.name,
        summary: `enrolment token ${name} was made`,
        detail: {
          tokenId: id,
          expiresAt: expiresAt?.toISOString() ?? null,
          maximumUses,
          labels,
          groups,
          site,
          networks,
          approve,
        },
      },
    ]);
    const [row] = rows;
    if (row === undefined) throw new Error('the new token was not returned');
    return toToken(row);
  });
  const pin = context.caFingerprint === undefined ? '' : ` --ca-fingerprint ${context.caFingerprint}`;
  return { token, secret, command: `thimble agent enroll --server ${context.publicUrl} --token ${secret}${pin}` };
}

const COLUMNS = sql`id, name, created_at, expires_at, last_used_at, use_count, maximum_uses, labels, groups, site,
  networks, approve`;

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly use_count: number;
  readonly maximum_uses: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly groups: string[];
  readonly site: string;
  readonly networks: string[];
  readonly approve: boolean;
}

function toToken(row: TokenRow): EnrolmentToken {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    useCount: row.use_count,
    maximumUses: row.maximum_uses,
    labels: row.labels,
    groups: row.groups,
    site: row.site,
    networks: row.networks,
    approve: row.approve,
  };
}
