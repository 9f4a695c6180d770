import type { ApproverCandidates } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import { passkeyKey, type RegisteredPasskey } from './passkey-key.ts';

type PersonRow = { readonly person_id: string; readonly name: string } & (RegisteredPasskey | NoPasskey);
type NoPasskey = Readonly<Record<keyof RegisteredPasskey, null>>;

/** An approver has at most this many keys (`Approver`). */
const KEYS_AT_MOST = 8;

/** People who sign in here, with the passkeys that could be approvers' keys. */
export async function listCandidates(
  within: Kysely<Tables>,
  organisationId: string,
  publicUrl: string,
): Promise<ApproverCandidates['items']> {
  const { rows } = await sql<PersonRow>`
    select k.credential_id, k.rp_id, k.public_key, p.id as person_id, p.name
    from person p left join passkey k on k.person_id = p.id and k.organisation_id = p.organisation_id
    where p.organisation_id = ${organisationId} and p.disabled_at is null
    order by p.name, p.id, k.created_at`.execute(within);
  const people = new Map<string, ApproverCandidates['items'][number]>();
  for (const row of rows) {
    const { person_id: id, name } = row;
    const key = row.credential_id === null ? null : passkeyKey(row, publicUrl);
    const { keys } = people.get(id) ?? { keys: [] };
    people.set(id, { id, name, keys: [...keys, ...(key === null ? [] : [key])].slice(0, KEYS_AT_MOST) });
  }
  return [...people.values()];
}
