import { type Kysely, sql } from 'kysely';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import type { AccessContext } from '../context.ts';
import { vouchesFor } from '../grants/vouches-for.ts';
import { SingleSignOnError } from './error.ts';
import type { Profile } from './profile.ts';
import type { Provider } from './provider.ts';

/**
 * Who a provider's subject is here. Known by the subject alone, which a provider never gives to another; an e-mail address or
 * a name counts only for somebody who was invited and has not come yet, so that nobody takes over an account by calling
 * themselves so elsewhere.
 *
 * @param hasRole Whether the groups bring a role: only then does the provider let in whoever was not invited.
 * @throws SingleSignOnError `not-invited`, `disabled`, `taken`
 */
export async function personOf(
  context: AccessContext,
  within: Kysely<Tables>,
  provider: Provider,
  {
    profile,
    linkTo,
    hasRole,
  }: { readonly profile: Profile; readonly linkTo: string | null; readonly hasRole: boolean },
): Promise<string> {
  const now = context.clock();
  const known = await knownPerson(within, provider, profile);
  if (known !== undefined) {
    if (linkTo !== null && linkTo !== known) throw new SingleSignOnError('taken', 'it is linked to another person');
    await sql`
      update person_identity set last_used_at = ${now}
      where provider_id = ${provider.id} and subject = ${profile.subject}`.execute(within);
    return known;
  }
  const personId =
    linkTo ??
    (await invitedPerson(context, within, provider, profile)) ??
    (provider.createsPeople && hasRole ? await createPerson(context, within, provider, profile) : undefined);
  if (personId === undefined)
    throw new SingleSignOnError('not-invited', `${profile.name} is known to the provider, but not here`);
  const linked = await sql`
    insert into person_identity (provider_id, subject, organisation_id, person_id, created_at, last_used_at)
    select ${provider.id}, ${profile.subject}, ${provider.organisationId}, id, ${now}, ${now} from person
    where id = ${personId} and organisation_id = ${provider.organisationId} returning 1`.execute(within);
  if (linked.rows.length === 0)
    throw new SingleSignOnError('not-invited', 'a provider is for people of its own organisation');
  await appendEvidence(within, [
    {
      organisationId: provider.organisationId,
      at: now,
      kind: 'credential-added',
      actor: profile.name,
      summary: `${profile.name} signs in by ${provider.name} from now on`,
      detail: { personId, providerId: provider.id, subject: profile.subject },
    },
  ]);
  return personId;
}

async function knownPerson(
  within: Kysely<Tables>,
  provider: Provider,
  { subject }: Profile,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string; disabled_at: Date | null }>`
    select p.id, p.disabled_at from person_identity i join person p on p.id = i.person_id
    where i.provider_id = ${provider.id} and i.subject = ${subject}`.execute(within);
  const [row] = rows;
  if (row !== undefined && row.disabled_at !== null) throw new SingleSignOnError('disabled', 'the person is disabled');
  return row?.id;
}

/**
 * Somebody of the provider's own organisation who was invited and has never come. Who configured the provider may be the provider: so
 * nobody is taken for a person who may do more than them; such a person comes by the invitation's link.
 */
async function invitedPerson(
  context: AccessContext,
  within: Kysely<Tables>,
  { organisationId, configuredBy }: Provider,
  { logins }: Profile,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select p.id from person p
    where p.organisation_id = ${organisationId} and p.login = any(${logins}) and p.disabled_at is null
      and p.last_signed_in_at is null
      and not exists (select 1 from person_password w where w.person_id = p.id)
      and not exists (select 1 from passkey k where k.person_id = p.id)
      and not exists (select 1 from person_identity i where i.person_id = p.id)
    order by array_position(${logins}::text[], p.login) limit 1`.execute(within);
  const personId = rows[0]?.id;
  if (personId === undefined) return undefined;
  return (await vouchesFor(context, 'organisation:write', configuredBy, { organisationId, personId }))
    ? personId
    : undefined;
}

async function createPerson(
  { newId, clock }: AccessContext,
  within: Kysely<Tables>,
  { organisationId, name: providerName }: Provider,
  { name, logins, email }: Profile,
): Promise<string> {
  const id = newId();
  const { rows } = await sql<{ login: string }>`select login from person where login = any(${logins})`.execute(within);
  const taken = new Set(rows.map(({ login }) => login));
  // Without a login nobody signs in by password, and this person does not.
  const login = logins.find((each) => !taken.has(each)) ?? null;
  await sql`
    insert into person (id, organisation_id, name, login, email, created_at)
    values (${id}, ${organisationId}, ${name}, ${login}, ${email}, ${clock()})`.execute(within);
  await appendEvidence(within, [
    {
      organisationId,
      at: clock(),
      kind: 'person-invited',
      actor: `identity provider ${providerName}`,
      summary: `${name} was let in by groups of ${providerName}`,
      detail: { personId: id, login },
    },
  ]);
  return id;
}
