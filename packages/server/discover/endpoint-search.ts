import type { EndpointSearch } from '@thimble/protocol';
import { type RawBuilder, sql } from 'kysely';

/** The endpoints of an organisation that a search finds, as a condition on `endpoint e join heartbeat h`. */
export function endpointSearch(
  organisationId: string,
  query: EndpointSearch,
  state: RawBuilder<string>,
): RawBuilder<unknown> {
  const parts = [sql`e.organisation_id = ${organisationId} and e.removed_at is null`];
  if (query.search !== undefined && query.search !== '') {
    const pattern = `%${query.search.replace(/[\\%_]/g, '\\$&')}%`;
    parts.push(sql`(e.hostname ilike ${pattern} or e.os_name ilike ${pattern} or e.kernel ilike ${pattern})`);
  }
  if (query.state !== undefined) parts.push(sql`${state} = ${query.state}`);
  if (query.update !== undefined)
    parts.push(sql`exists (
      select 1 from endpoint_updates u join update_list l on l.organisation_id = u.organisation_id and l.sha256 = u.sha256
      where u.endpoint_id = e.id and u.valid_to is null and l.update_ids && coalesce((
        select array_agg(v.id) from update_version v
        where v.organisation_id = ${organisationId} and v.name = ${query.update}), '{}'))`);
  for (const label of query.label ?? []) parts.push(sql`e.labels @> ${asObject(label)}::jsonb`);
  if (query.group !== undefined) parts.push(sql`e.groups @> array[${query.group}::text]`);
  if (query.site !== undefined) parts.push(sql`e.asset_site = ${query.site}`);
  return sql.join(parts, sql` and `);
}

/** `role=web` → `{"role":"web"}`. */
function asObject(label: string): string {
  const at = label.indexOf('=');
  return JSON.stringify(Object.fromEntries([[label.slice(0, at), label.slice(at + 1)]]));
}
