import type { SignInRules } from '@thimble/protocol';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import type { Principal } from '../principal.ts';

/**
 * Sessions that there are go on.
 *
 * @throws HttpProblem 409 `no-provider`: single sign-on alone, where nobody could sign in by it
 */
export async function changeRules(
  { database, clock }: AccessContext,
  { organisationId, name }: Principal,
  { singleSignOnOnly, secondFactorRequired }: SignInRules,
): Promise<SignInRules> {
  await database.kysely.transaction().execute(async (within) => {
    const { rows } = await sql`
      select 1 from person_identity i join identity_provider p on p.id = i.provider_id
      where i.organisation_id = ${organisationId} and p.enabled limit 1`.execute(within);
    if (singleSignOnOnly && rows.length === 0)
      throw new HttpProblem(409, 'no-provider', {
        detail: 'Nobody has signed in by an identity provider yet: with this rule nobody could.',
        hint: 'Add a provider and sign in by it once.',
      });
    await sql`
      insert into sign_in_rules (organisation_id, single_sign_on_only, second_factor_required)
      values (${organisationId}, ${singleSignOnOnly}, ${secondFactorRequired})
      on conflict (organisation_id) do update set single_sign_on_only = excluded.single_sign_on_only,
        second_factor_required = excluded.second_factor_required`.execute(within);
    const words = [
      singleSignOnOnly ? 'by single sign-on only' : 'in any way',
      ...(secondFactorRequired ? ['with a second factor'] : []),
    ];
    await appendEvidence(within, [
      {
        organisationId,
        at: clock(),
        kind: 'sign-in-rules-changed',
        actor: name,
        summary: `people sign in ${words.join(', ')} from now on`,
        detail: { singleSignOnOnly, secondFactorRequired },
      },
    ]);
  });
  return { singleSignOnOnly, secondFactorRequired };
}
