import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';

/** On which replicas hear that repositories were added, changed or removed. */
export const REPOSITORIES_TOPIC = 'content-repositories';

export interface ConfiguredHosts {
  /** Whether people named this scheme, host and port in a repository: it may then be inside the own network. */
  readonly isConfigured: (url: URL) => boolean;
  readonly refresh: () => Promise<void>;
  readonly close: () => void;
}

/** The hosts of all repositories of which something is served, removed ones too, of all organisations, as they are now. */
export async function watchConfiguredHosts(context: ServerContext): Promise<ConfiguredHosts> {
  let origins: ReadonlySet<string> = new Set();
  const refresh = async (): Promise<void> => {
    origins = await readOrigins(context);
  };
  const unsubscribe = context.events.subscribe(({ topic }) => {
    if (topic !== REPOSITORIES_TOPIC && topic !== 'resync') return;
    refresh().catch((error: unknown) => context.log.warn({ err: error }, 'the configured hosts were not read'));
  });
  await refresh();
  return { isConfigured: (url) => origins.has(url.origin), refresh, close: unsubscribe };
}

async function readOrigins({ database }: ServerContext): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ address: string }>`
    select distinct address from content_repository r cross join lateral (
      select unnest(r.uris) union all select r.mirror_list union all
      select f->>'url' from jsonb_array_elements(r.files) as f) as named (address)
    where address is not null
      and (r.removed_at is null or exists (select from content_revision v where v.repository_id = r.id))`.execute(
    database.kysely,
  );
  return new Set(rows.flatMap(({ address }) => URL.parse(address)?.origin ?? []));
}
