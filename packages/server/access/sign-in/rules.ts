import type { SignInRules } from '@thimble/protocol';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import type { AccessContext } from '../context.ts';

/** How people of an organisation have to sign in. */
export async function readRules({ database }: AccessContext, organisationId: string): Promise<SignInRules> {
  const { rows } = await sql<{ single_sign_on_only: boolean; second_factor_required: boolean }>`
    select single_sign_on_only, second_factor_required from sign_in_rules
    where organisation_id = ${organisationId}`.execute(database.kysely);
  const [row] = rows;
  return {
    singleSignOnOnly: row?.single_sign_on_only ?? false,
    secondFactorRequired: row?.second_factor_required ?? false,
  };
}

/** @throws HttpProblem 403 `single-sign-on-only`: said only to somebody who has proved who they are */
export function assertOwnWayAllowed({ singleSignOnOnly }: SignInRules): void {
  if (singleSignOnOnly)
    throw new HttpProblem(403, 'single-sign-on-only', {
      detail: 'Your organisation lets people in by its identity provider only.',
      hint: 'Choose the provider on the sign-in page.',
    });
}
