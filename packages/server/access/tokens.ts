import { sql } from 'kysely';
import { PERMISSION_NAMES, type CreateTokenRequest, type CreatedToken, type Token } from '@thimble/protocol';
import type { AccessContext } from './context.ts';
import type { Principal } from './principal.ts';
import { hashSecret, newSecret } from './secrets.ts';

const HOUR_MS = 3_600_000;
export const TOKEN_PREFIX = 'thimble_token_';
/** On which replicas hear that a token was revoked; the key is its id. */
export const TOKENS_TOPIC = 'api-tokens';

/** The secret is in the reply and nowhere else. */
export async function createToken(
  { database, clock, random, newId }: AccessContext,
  creator: Principal,
  { name, expiresInHours }: CreateTokenRequest,
): Promise<CreatedToken> {
  const secret = newSecret(TOKEN_PREFIX, random);
  const now = clock();
  const row = await database.kysely
    .insertInto('api_token')
    .values({
      id: newId(),
      organisation_id: creator.organisationId,
      secret_hash: hashSecret(secret),
      name,
      created_by: `${creator.kind}:${creator.id}`,
      created_at: now,
      expires_at: expiresInHours === undefined ? null : new Date(now.getTime() + expiresInHours * HOUR_MS),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { token: describe(row), secret };
}

export async function listTokens({ database }: AccessContext, organisationId: string): Promise<Token[]> {
  const rows = await database.kysely
    .selectFrom('api_token')
    .selectAll()
    .where('organisation_id', '=', organisationId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(1000)
    .execute();
  return rows.map(describe);
}

/** Whether there was such a token. The row stays: evidence may name it. */
export async function revokeToken(
  { database, clock, events }: AccessContext,
  organisationId: string,
  id: string,
): Promise<boolean> {
  const { numUpdatedRows } = await database.kysely
    .updateTable('api_token')
    .set({ revoked_at: clock() })
    .where('id', '=', id)
    .where('organisation_id', '=', organisationId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await events.publish({ organisationId, topic: TOKENS_TOPIC, key: id });
  return true;
}

/** Recognises a token and notes its use. */
export async function findToken({ database, clock }: AccessContext, secret: string): Promise<Principal | undefined> {
  const now = clock();
  const row = await database.kysely
    .updateTable('api_token')
    .set({ last_used_at: now, use_count: sql<number>`use_count + 1` })
    .where('secret_hash', '=', hashSecret(secret))
    .where('revoked_at', 'is', null)
    .where((each) => each.or([each('expires_at', 'is', null), each('expires_at', '>', now)]))
    .returning(['id', 'name', 'organisation_id', 'expires_at'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    kind: 'token',
    id: row.id,
    name: row.name,
    organisationId: row.organisation_id,
    permissions: new Set(PERMISSION_NAMES),
    expiresAt: row.expires_at,
  };
}

interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly last_used_at: Date | null;
  readonly use_count: number;
}

function describe(row: TokenRow): Token {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    useCount: row.use_count,
    maximumUses: null,
  };
}
