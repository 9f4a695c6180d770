import type { Session } from '@thimble/protocol';
import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { asSystem } from '../../storage/index.ts';
import type { Principal } from '../principal.ts';

export interface ServerFacts {
  readonly version: string;
  readonly publicUrl: string;
  /** For a browser on the server's own machine. */
  readonly localUrl: string;
}

export async function describeSession(
  context: ServerContext,
  facts: ServerFacts,
  principal: Principal,
): Promise<Session> {
  const { kysely } = context.database;
  const organisation = await kysely
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', '=', principal.organisationId)
    .executeTakeFirstOrThrow();
  const home = (principal.kind === 'person' ? await homeOf(context, principal.id) : undefined) ?? organisation;
  const kind = principal.kind === 'agent' ? 'local' : principal.kind;
  return {
    principal: { kind, name: principal.name },
    organisation,
    home,
    expiresAt: principal.expiresAt?.toISOString() ?? null,
    permissions: [...principal.permissions.keys()],
    limited: [...principal.permissions].flatMap(([name, reach]) => (reach.kind === 'all' ? [] : [name])),
    setUpNeeded: principal.kind === 'person' && !(await hasOwnWay()),
    server: {
      version: facts.version,
      publicUrl: facts.publicUrl,
      caFingerprint: context.caFingerprint ?? null,
    },
  };

  async function hasOwnWay(): Promise<boolean> {
    // They are kept where the person is at home, whatever organisation they look at.
    const { rows } = await asSystem(() =>
      sql`
      select 1 where exists (select 1 from person_password where person_id = ${principal.id})
        or exists (select 1 from passkey where person_id = ${principal.id})
        or exists (select 1 from person_identity where person_id = ${principal.id})`.execute(kysely),
    );
    return rows.length > 0;
  }
}

/** Whatever organisation the request acts in: that one does not see the row of a person from elsewhere. */
async function homeOf(
  { database: { kysely } }: ServerContext,
  personId: string,
): Promise<{ readonly id: string; readonly name: string } | undefined> {
  const { rows } = await asSystem(() =>
    sql<{ id: string; name: string }>`
      select o.id, o.name from person p join organisation o on o.id = p.organisation_id where p.id = ${personId}`.execute(
      kysely,
    ),
  );
  return rows[0];
}
