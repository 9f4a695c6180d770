import type { LabelEndpointsReply, LabelEndpointsRequest } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import type { ServerContext } from '../../context.ts';
import { endpointSearch, stateExpression, unknownEndpoint } from '../../discover/index.ts';
import { HttpProblem } from '../../http/index.ts';
import { appendEvidence } from '../../report/index.ts';
import type { Tables } from '../../storage/index.ts';
import { checkTimeZone } from './check-time-zone.ts';

/** What one endpoint may have of each; the same as when they are stated one by one. */
const LABELS_LIMIT = 100;
/** Named in the evidence; the count says how many there were. */
const NAMED = 1000;

/**
 * Changes labels, groups, site and time zone of many endpoints at once: of all that are named, or of none.
 *
 * @throws HttpProblem 404 `unknown-endpoint`, also for one of another organisation; 422 `too-many-labels`, `unknown-time-zone`
 */
export async function labelEndpoints(
  context: ServerContext,
  operator: { readonly organisationId: string; readonly name: string },
  request: LabelEndpointsRequest,
): Promise<LabelEndpointsReply> {
  checkTimeZone(request.timeZone);
  const { organisationId } = operator;
  return context.database.kysely.transaction().execute(async (within) => {
    const ids = await lockNamed(within, context, organisationId, request.endpoints);
    const changed = await change(within, ids, request);
    if (changed.length === 0) return { named: ids.length, changed: 0 };
    // One for all: a list that is shown is fetched once, not once for each of ten thousand endpoints.
    await context.events.publish({ organisationId, topic: 'endpoint', key: '', live: { kind: 'resync' } }, within);
    await appendEvidence(within, [
      {
        organisationId,
        at: context.clock(),
        kind: 'override-set',
        actor: operator.name,
        summary: `${operator.name} sorted ${changed.length} ${changed.length === 1 ? 'endpoint' : 'endpoints'}: ${inWords(request)}`,
        detail: { ...request, endpoints: changed.slice(0, NAMED), endpointCount: changed.length },
      },
    ]);
    return { named: ids.length, changed: changed.length };
  });
}

/** In the order of their ids, so that two who do this at once wait for each other and not both for ever. */
async function lockNamed(
  within: Kysely<Tables>,
  context: ServerContext,
  organisationId: string,
  named: LabelEndpointsRequest['endpoints'],
): Promise<readonly string[]> {
  const wanted = Array.isArray(named) ? new Set(named) : null;
  const which = Array.isArray(named)
    ? sql`e.organisation_id = ${organisationId} and e.removed_at is null and e.id = any(${named}::uuid[])`
    : endpointSearch(organisationId, named, stateExpression(context));
  const { rows } = await sql<{ id: string }>`
    select e.id from endpoint e join heartbeat h on h.endpoint_id = e.id where ${which}
    order by e.id for update of e`.execute(within);
  if (wanted !== null && rows.length < wanted.size) throw unknownEndpoint();
  return rows.map(({ id }) => id);
}

async function change(
  within: Kysely<Tables>,
  ids: readonly string[],
  { set = {}, unset = [], addGroups = [], removeGroups = [], site, timeZone }: LabelEndpointsRequest,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string; labels: number; groups: number }>`
    with fresh as (
      select e.id, (e.labels - ${unset}::text[]) || ${JSON.stringify(set)}::jsonb as labels,
        array(select g from unnest(e.groups || ${addGroups}::text[]) as g where g <> all(${removeGroups}::text[])
          group by g order by g collate "C") as groups,
        coalesce(${site?.trim() ?? null}, e.asset_site) as site, coalesce(${timeZone ?? null}, e.time_zone) as zone
      from endpoint e where e.id = any(${[...ids]}::uuid[]))
    update endpoint e set labels = fresh.labels, groups = fresh.groups, asset_site = fresh.site, time_zone = fresh.zone
    from fresh where fresh.id = e.id
      and (e.labels, e.groups, e.asset_site, e.time_zone) is distinct from (fresh.labels, fresh.groups, fresh.site, fresh.zone)
    returning e.id, (select count(*) from jsonb_object_keys(e.labels)) as labels, cardinality(e.groups) as groups`.execute(
    within,
  );
  if (rows.some(({ labels, groups }) => labels > LABELS_LIMIT || groups > LABELS_LIMIT))
    throw new HttpProblem(422, 'too-many-labels', {
      detail: `An endpoint can have ${LABELS_LIMIT} labels and ${LABELS_LIMIT} groups; one of these would have more.`,
      hint: 'Remove some in the same request, or sort fewer endpoints by it.',
    });
  return rows.map(({ id }) => id);
}

function inWords({ set = {}, unset = [], addGroups = [], removeGroups = [], site, timeZone }: LabelEndpointsRequest) {
  const words = [
    ...Object.entries(set).map(([key, value]) => `${key}=${value}`),
    ...unset.map((key) => `no ${key}`),
    ...addGroups.map((group) => `in ${group}`),
    ...removeGroups.map((group) => `not in ${group}`),
    ...(site === undefined ? [] : [site === '' ? 'no site' : `at the site ${site}`]),
    ...(timeZone === undefined ? [] : [timeZone === '' ? 'no time zone of its own' : `time zone ${timeZone}`]),
  ];
  return words.join(', ');
}
