import { type Kysely, sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { Tables } from '../../storage/index.ts';

/**
 * After a way to sign in was removed by the person themselves, in its transaction: one that the organisation's rules take has to be
 * left. Two removals at once wait for each other at the person's row.
 *
 * @throws HttpProblem 409 `last-way`
 */
export async function assertWayRemains(within: Kysely<Tables>, personId: string): Promise<void> {
  await sql`select 1 from person where id = ${personId} for no key update`.execute(within);
  const { rows } = await sql`
    select 1 from person p left join sign_in_rules r on r.organisation_id = p.organisation_id
    where p.id = ${personId} and (
      exists (select 1 from person_identity i join identity_provider o on o.id = i.provider_id and o.enabled
        where i.person_id = p.id)
      or not coalesce(r.single_sign_on_only, false) and (
        exists (select 1 from passkey k where k.person_id = p.id)
        or p.login is not null and exists (select 1 from person_password w where w.person_id = p.id) and (
          not coalesce(r.second_factor_required, false)
          or exists (select 1 from person_totp t where t.person_id = p.id and t.confirmed_at is not null))))`.execute(
    within,
  );
  if (rows.length > 0) return;
  throw new HttpProblem(409, 'last-way', {
    detail: 'You could not sign in any more without it.',
    hint: 'Add another way first, such as a passkey or a password.',
  });
}
