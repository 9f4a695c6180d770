import { type Kysely, sql } from 'kysely';
import type { Tables } from '../../storage/index.ts';
import type { FailureElsewhere } from './failures-elsewhere.ts';

/** Writes down what a rollout is told of. @returns those of which it did not know yet */
export async function noteTold(
  within: Kysely<Tables>,
  rollout: { readonly id: string; readonly organisationId: string },
  failures: readonly FailureElsewhere[],
  now: Date,
): Promise<readonly FailureElsewhere[]> {
  const { rows } = await sql<{ name: string; version: string }>`
    insert into rollout_failure_elsewhere
      (rollout_id, organisation_id, name, version, organisation_count, platforms, day, told_at)
    select ${rollout.id}::uuid, ${rollout.organisationId}::uuid, f.name, f.version, f."organisationCount",
      array(select jsonb_array_elements_text(f.platforms)), f.day, ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(failures)}::jsonb)
      as f (name text, version text, "organisationCount" integer, platforms jsonb, day text)
    on conflict do nothing returning name, version`.execute(within);
  const told = new Set(rows.map(keyOf));
  return failures.filter((failure) => told.has(keyOf(failure)));
}

function keyOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name} ${version}`;
}
