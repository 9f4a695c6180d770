import type { KeyObject } from 'node:crypto';
import { verifyingKey } from '@thimble/protocol/signing';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { appendEvidence } from '../../report/index.ts';
import { publishEndpoint } from '../documents/adopt.ts';
import { release } from './quarantine.ts';

/** A key that was offered. */
export interface OfferedKey {
  readonly endpointId: string;
  readonly organisationId: string;
  readonly key: KeyObject;
}

export async function findOffered({ database }: ServerContext, keyid: string): Promise<OfferedKey | undefined> {
  const { rows } = await sql<{ endpoint_id: string; organisation_id: string; public_key: string }>`
    select k.endpoint_id, k.organisation_id, k.public_key from endpoint_key k join endpoint e on e.id = k.endpoint_id
    where k.keyid = ${keyid} and k.retired_at is null and e.removed_at is null`.execute(database.kysely);
  const [row] = rows;
  if (row === undefined) return undefined;
  return { endpointId: row.endpoint_id, organisationId: row.organisation_id, key: verifyingKey(row.public_key) };
}

/**
 * Makes an offered key the endpoint's one, and retires the present one, in one transaction: at no time none of them
 * holds, and never both for long. Where a person said which of several machines keeps the identity, this is the proof.
 *
 * @returns the key that holds no more; undefined: another request was faster.
 */
export async function confirmKey(
  context: ServerContext,
  { endpointId, organisationId }: OfferedKey,
  keyid: string,
): Promise<string | undefined> {
  const now = context.clock();
  return context.database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql<{ old_keyid: string; old_public_key: string; hostname: string; keeping: boolean }>`
      select keyid as old_keyid, public_key as old_public_key, hostname, keeping_boot_id is not null as keeping
      from endpoint where id = ${endpointId} and removed_at is null for no key update`.execute(within);
    const [endpoint] = rows;
    const offered = await sql<{ public_key: string }>`
      delete from endpoint_key where keyid = ${keyid} and endpoint_id = ${endpointId} and retired_at is null
      returning public_key`.execute(within);
    const [key] = offered.rows;
    if (endpoint === undefined || key === undefined) return undefined;
    await sql`insert into endpoint_key (keyid, organisation_id, endpoint_id, public_key, offered_at, retired_at)
      values (${endpoint.old_keyid}, ${organisationId}, ${endpointId}, ${endpoint.old_public_key}, ${now}, ${now})
      on conflict (keyid) do update set retired_at = excluded.retired_at`.execute(within);
    await sql`update endpoint set keyid = ${keyid}, public_key = ${key.public_key}, key_number = key_number + 1,
        key_since = ${now} where id = ${endpointId}`.execute(within);
    if (endpoint.keeping)
      await release(within, context, { endpointId, organisationId }, { by: 'server', reason: 'it was separated' });
    await publishEndpoint(context, { organisationId, endpointId }, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: now,
        kind: 'endpoint-key-rotated',
        actor: endpoint.hostname,
        endpointId,
        summary: `${endpoint.hostname} has a new key`,
        detail: { hostname: endpoint.hostname, keyid, instead: endpoint.old_keyid },
      },
    ]);
    return endpoint.old_keyid;
  });
}
