import type { CheckInRequest } from '@thimble/protocol';
import { isReached } from '@thimble/rollouts';
import { orderVersions } from '@thimble/versions';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { appendEvidence } from '../report/index.ts';
import { currentOffers, forgetOffers, offerKey } from './offers.ts';

interface Sender {
  readonly endpointId: string;
  readonly organisationId: string;
}

/**
 * Whether a check-in's reply says that the endpoint may look for a new version: when that version's wave has come to it. That it
 * was told is written down before it hears it.
 */
export async function mayUpdate(
  context: ServerContext,
  { endpointId, organisationId }: Sender,
  { agentVersion, takesUpdates }: CheckInRequest,
): Promise<boolean> {
  if (takesUpdates !== true || context.settings.agentCanaryPercent === 0) return false;
  const { repository, reaches } = await currentOffers(context);
  if (repository.kind !== 'offers') return false;
  const version = [...repository.versions.values()].find((offered) => {
    const order = orderVersions('semver', offered, agentVersion);
    const reach = reaches.get(offerKey(organisationId, offered));
    return 'order' in order && order.order > 0 && reach !== undefined && isReached(reach, endpointId);
  });
  if (version === undefined) return false;
  await sql`
    insert into agent_told as t (endpoint_id, organisation_id, version, told_at)
    values (${endpointId}, ${organisationId}, ${version}, ${context.clock()})
    on conflict (endpoint_id) do update set version = excluded.version, told_at = excluded.told_at
      where t.version <> excluded.version`.execute(context.database.kysely);
  return true;
}

/** Puts down whether an endpoint takes new versions, and which one it gave up. */
export async function hearOfUpdate(
  context: ServerContext,
  sender: Sender & { readonly heartbeat: { readonly takesUpdates: boolean } },
  { agentUpdate, takesUpdates = false }: CheckInRequest,
): Promise<void> {
  if (takesUpdates !== sender.heartbeat.takesUpdates)
    await sql`update heartbeat set takes_updates = ${takesUpdates} where endpoint_id = ${sender.endpointId}`.execute(
      context.database.kysely,
    );
  if (agentUpdate !== undefined) await hearOfGivenUp(context, sender, agentUpdate.givenUp);
}

/** Only of versions that are on their way here: whatever an endpoint makes up, it can't fill the record. */
async function hearOfGivenUp(
  context: ServerContext,
  { endpointId, organisationId }: Sender,
  { version, reason }: { readonly version: string; readonly reason: string },
): Promise<void> {
  const known = await sql`select 1 from agent_given_up
    where endpoint_id = ${endpointId} and version = ${version}`.execute(context.database.kysely);
  // It says so with each check-in.
  if (known.rows.length > 0) return;
  await context.database.kysely.transaction().execute(async (within) => {
    const at = context.clock();
    const { rows } = await sql<{ hostname: string }>`
      insert into agent_given_up (organisation_id, endpoint_id, version, reason, reported_at)
      select ${organisationId}::uuid, e.id, v.version, ${reason}, ${at}::timestamptz
      from endpoint e join agent_version v on v.organisation_id = e.organisation_id and v.version = ${version}
      where e.id = ${endpointId}
      on conflict do nothing returning (select hostname from endpoint where id = endpoint_id) as hostname`.execute(
      within,
    );
    const [row] = rows;
    if (row === undefined) return;
    const { hostname } = row;
    await appendEvidence(within, [
      {
        organisationId,
        at,
        kind: 'agent-version-given-up',
        actor: hostname,
        endpointId,
        summary: `${hostname} went back from version ${version} of the agent: ${reason}`,
        detail: { hostname, version, reason },
      },
    ]);
  });
  forgetOffers(context);
}
