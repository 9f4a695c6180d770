import type { InviteRequest, PersonLink } from '@thimble/protocol';
import { sql } from 'kysely';
import { HttpProblem } from '../../http/problem.ts';
import { appendEvidence } from '../../report/index.ts';
import type { AccessContext } from '../context.ts';
import { createSignInLink } from '../links/sign-in-links.ts';
import type { Principal } from '../principal.ts';
import { readRules } from '../sign-in/rules.ts';
import { demandPerson } from './demand-person.ts';
import { claimLogin } from './login-taken.ts';

/** Long enough for a colleague's weekend. */
const INVITATION_MINUTES = 3 * 24 * 60;

/** A new person without any role: those are given on their own. @throws HttpProblem 409 `login-taken` */
export async function invite(
  { database, clock, newId }: AccessContext,
  operator: Principal,
  { name: given, login: givenLogin, email }: InviteRequest,
): Promise<string> {
  const id = newId();
  const [name, login] = [given.trim(), givenLogin.toLowerCase()];
  const { organisationId } = operator;
  const change = database.kysely.transaction();
  await claimLogin(login, () =>
    change.execute(async (within) => {
      await sql`
      insert into person (id, organisation_id, name, login, email, created_at)
      values (${id}, ${organisationId}, ${name}, ${login}, ${email ?? null}, ${clock()})`.execute(within);
      await appendEvidence(within, [
        {
          organisationId,
          at: clock(),
          kind: 'person-invited',
          actor: operator.name,
          summary: `${operator.name} invited ${name} (${login})`,
          detail: { personId: id, login },
        },
      ]);
    }),
  );
  return id;
}

/**
 * A link by which a person comes in: the invitation, or the way back for who has lost everything else. Links of before
 * end.
 *
 * @throws HttpProblem 403 `beyond-yourself`; 404 `not-found`; 409 `disabled`, `single-sign-on-only`
 */
export async function linkFor(
  context: AccessContext,
  operator: Principal,
  personId: string,
  localUrl: string,
): Promise<PersonLink> {
  const { database, clock, publicUrl } = context;
  const now = clock();
  const { singleSignOnOnly } = await readRules(context, operator.organisationId);
  if (singleSignOnOnly)
    throw new HttpProblem(409, 'single-sign-on-only', {
      detail: 'Your organisation lets people in by its identity provider only.',
      hint: 'On the server itself there is thimble sign-in-link LOGIN, should the provider fail.',
    });
  const madeBy = operator.kind === 'local' ? null : operator.personId;
  const secret = await database.kysely.transaction().execute(async (within) => {
    const found = await demandPerson(context, within, operator, personId);
    if (found.disabledAt !== null)
      throw new HttpProblem(409, 'disabled', { detail: `${found.name} is disabled.`, hint: 'Enable them first.' });
    await sql`delete from sign_in_link where person_id = ${personId} and used_at is null`.execute(within);
    const link = { organisationId: found.organisationId, personId, madeBy, minutes: INVITATION_MINUTES };
    const made = await createSignInLink(context, link, within);
    await appendEvidence(within, [
      {
        organisationId: operator.organisationId,
        at: now,
        kind: 'sign-in-link-created',
        actor: operator.name,
        summary: `${operator.name} made a sign-in link for ${found.name}`,
        detail: { personId },
      },
    ]);
    return made;
  });
  const base = operator.kind === 'local' ? localUrl : publicUrl;
  return {
    url: `${base}/sign-in#${secret}`,
    expiresAt: new Date(now.getTime() + INVITATION_MINUTES * 60_000).toISOString(),
  };
}
