import { sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import { publishEndpoint } from '../documents/adopt.ts';
import { unknownEndpoint } from '../endpoint-detail.ts';

interface Subject {
  readonly endpointId: string;
  readonly organisationId: string;
}

/**
 * Of several machines with one key, says which one keeps the identity. It is told with its next check-in to make itself
 * a new key. When it has, the quarantine ends, and with the old key nobody is taken any more: the copy has to enrol anew.
 *
 * A copy that lies about its boot could take the place of the real one; whoever can do that holds the key of the
 * real one, and the new key shows who was faster: the other one complains.
 *
 * @throws HttpProblem 404 `unknown-endpoint`, `unknown-place`; 409 `not-quarantined`
 */
export async function separate(
  context: ServerContext,
  { endpointId, organisationId }: Subject,
  bootId: string,
  by: string,
): Promise<void> {
  await context.database.kysely.transaction().execute(async (within) => {
    await sql`select 1 from endpoint where id = ${endpointId} for no key update`.execute(within);
    const { rows } = await sql<{ hostname: string; quarantined: boolean; machine: string | null; known: boolean }>`
      select e.hostname, e.quarantined_at is not null as quarantined, p.machine, p.boot_id is not null as known
      from endpoint e left join endpoint_place p on p.endpoint_id = e.id and p.boot_id = ${bootId}
      where e.id = ${endpointId} and e.organisation_id = ${organisationId} and e.removed_at is null`.execute(within);
    const [endpoint] = rows;
    if (endpoint === undefined) throw unknownEndpoint();
    if (!endpoint.quarantined)
      throw new HttpProblem(409, 'not-quarantined', {
        detail: 'Only an endpoint in quarantine is separated.',
        hint: 'Put it into quarantine first, with a reason.',
      });
    if (!endpoint.known)
      throw new HttpProblem(404, 'unknown-place', { detail: 'The endpoint was not seen with this boot id.' });
    await sql`update endpoint set keeping_boot_id = ${bootId} where id = ${endpointId}`.execute(within);
    // What one of the copies offered before is nobody's.
    await sql`delete from endpoint_key where endpoint_id = ${endpointId} and retired_at is null`.execute(within);
    await publishEndpoint(context, { organisationId, endpointId }, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'endpoint-separated',
        actor: by,
        endpointId,
        summary: `${by} decided which machine stays ${endpoint.hostname}: the one with the boot id ${bootId}`,
        detail: { hostname: endpoint.hostname, bootId, machine: endpoint.machine },
      },
    ]);
  });
}
