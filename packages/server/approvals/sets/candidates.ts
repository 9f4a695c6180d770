import type { Approver } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { passkeyKey, type RegisteredPasskey } from './passkey-key.ts';

/** An approver has at most this many keys (`Approver`). */
const KEYS_AT_MOST = 8;

/** People who sign in with a passkey that could be an approver's key. */
export async function listCandidates(
  within: Kysely<Tables>,
  organisationId: string,
  publicUrl: string,
): Promise<Approver[]> {
  const { rows } = await sql<RegisteredPasskey & { person_id: string; name: string }>`
    select k.credential_id, k.rp_id, k.public_key, p.id as person_id, p.name
    from passkey k join person p on p.id = k.person_id
    where k.organisation_id = ${organisationId} and p.disabled_at is null
    order by p.name, p.id, k.created_at`.execute(within);
  const people = new Map<string, Approver>();
  for (const { person_id: id, name, ...passkey } of rows) {
    const key = passkeyKey(passkey, publicUrl);
    if (key === null) continue;
    const known = people.get(id) ?? { id, name, keys: [] };
    people.set(id, { ...known, keys: [...known.keys, key].slice(0, KEYS_AT_MOST) });
  }
  return [...people.values()];
}
