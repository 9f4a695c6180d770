import { type DocumentKind, HostName, type System } from '@thimble/protocol';
import { type Kysely, sql } from 'kysely';
import { Value } from 'typebox/value';
import type { ServerContext } from '../../context.ts';
import { assessEndpoint, refreshEndpoint } from '../../assess/index.ts';
import type { Tables } from '../../storage/index.ts';

/** The digests that an endpoint's newest check-in named. */
export type Reported = Readonly<Record<DocumentKind, string | null>>;

/** Puts a list down in the database. */
export type Store = (within: Kysely<Tables>) => Promise<void>;

interface Sender {
  readonly endpointId: string;
  readonly organisationId: string;
}

/**
 * Makes documents that the server has the ones that hold for an endpoint, from now on: the interval of the one before
 * ends. When manifest, system and updates that the endpoint reported hold, its findings are assessed, in the same transaction:
 * a list of packages from after an installation is never judged by the processes from before it. Where an endpoint gets
 * its packages from says nothing about its findings, and older agents don't say it.
 *
 * @param received a system document that came with this request; others are found by digest.
 * @param store runs first in the same transaction: it puts down the list that came with this request.
 * @returns the kinds that the server does not have.
 */
export async function adoptDocuments(
  context: ServerContext,
  sender: Sender,
  reported: Reported,
  about: { readonly bootId: string; readonly agentVersion: string } | null,
  received: System | null = null,
  store?: Store,
): Promise<readonly DocumentKind[]> {
  return context.database.kysely.transaction().execute(async (within) => {
    await store?.(within);
    const holds = await lockEndpoint(within, sender.endpointId);
    const now = context.clock();
    const wanted: DocumentKind[] = [];
    let changed = false;
    for (const kind of ['manifest', 'updates', 'repositories', 'system'] as const) {
      const sha256 = reported[kind];
      if (sha256 === null || sha256 === holds[kind]) continue;
      if (kind === 'system' && received !== null) await adoptSystem(within, sender, sha256, received, now);
      else if (!(await ADOPT[kind](within, sender, sha256, now))) {
        wanted.push(kind);
        continue;
      }
      changed = true;
    }
    await writeHeartbeat(within, sender.endpointId, reported, wanted, about, now);
    const missing = wanted.some((kind) => kind !== 'repositories');
    const complete = !missing && reported.manifest !== null && reported.system !== null && reported.updates !== null;
    // In between, while documents are still on their way, there is nothing to conclude.
    if (missing) return wanted;
    if (complete) await assessEndpoint(within, context, sender);
    if (changed || complete) {
      await refreshEndpoint(within, context, sender.endpointId);
      await publishEndpoint(context, sender, within);
    }
    return wanted;
  });
}

/** Tells the console that there is something new about an endpoint. */
export async function publishEndpoint(
  context: Pick<ServerContext, 'events'>,
  { organisationId, endpointId }: Sender,
  within: Kysely<Tables>,
): Promise<void> {
  const live = { kind: 'endpoint-changed', endpointId } as const;
  await context.events.publish({ organisationId, topic: 'endpoint', key: endpointId, live }, within);
}

/** One change of an endpoint's documents at a time. What it holds is read only then: one statement would see it as it was before it waited. */
async function lockEndpoint(within: Kysely<Tables>, endpointId: string): Promise<Reported> {
  await sql`select 1 from endpoint where id = ${endpointId} for no key update`.execute(within);
  const { rows } = await sql<Reported>`
    select h.manifest_sha256 as manifest, h.system_sha256 as system, h.updates_sha256 as updates,
      h.repositories_sha256 as repositories
    from heartbeat h where h.endpoint_id = ${endpointId}`.execute(within);
  return rows[0] ?? { manifest: null, system: null, updates: null, repositories: null };
}

type Adopt = (within: Kysely<Tables>, sender: Sender, sha256: string, now: Date) => Promise<boolean>;

const ADOPT: Readonly<Record<DocumentKind, Adopt>> = {
  manifest: async (within, { endpointId, organisationId }, sha256, now) => {
    const { rows } = await sql`
      with known as (select id, sha256 from manifest where organisation_id = ${organisationId} and sha256 = ${sha256}),
      ended as (update endpoint_manifest set valid_to = ${now}
        where endpoint_id = ${endpointId} and valid_to is null and exists (select 1 from known) returning 1)
      insert into endpoint_manifest (organisation_id, endpoint_id, sha256, manifest_id, valid_from)
      select ${organisationId}::uuid, ${endpointId}::uuid, sha256, id, ${now}::timestamptz from known
      where (select count(*) from ended) >= 0 returning 1`.execute(within);
    return rows.length > 0;
  },
  updates: async (within, { endpointId, organisationId }, sha256, now) => {
    const { rows } = await sql`
      with known as (select sha256 from update_list where organisation_id = ${organisationId} and sha256 = ${sha256}),
      ended as (update endpoint_updates set valid_to = ${now}
        where endpoint_id = ${endpointId} and valid_to is null and exists (select 1 from known) returning 1)
      insert into endpoint_updates (organisation_id, endpoint_id, sha256, valid_from)
      select ${organisationId}::uuid, ${endpointId}::uuid, sha256, ${now}::timestamptz from known
      where (select count(*) from ended) >= 0 returning 1`.execute(within);
    return rows.length > 0;
  },
  repositories: async (within, { endpointId, organisationId }, sha256, now) => {
    const { rows } = await sql`
      with known as (select sha256 from repositories_document
        where organisation_id = ${organisationId} and sha256 = ${sha256}),
      ended as (update endpoint_repositories set valid_to = ${now}
        where endpoint_id = ${endpointId} and valid_to is null and exists (select 1 from known) returning 1)
      insert into endpoint_repositories (organisation_id, endpoint_id, sha256, valid_from)
      select ${organisationId}::uuid, ${endpointId}::uuid, sha256, ${now}::timestamptz from known
      where (select count(*) from ended) >= 0 returning 1`.execute(within);
    return rows.length > 0;
  },
  system: async (within, { endpointId, organisationId }, sha256, now) => {
    const { rows } = await sql<{ document: System }>`
      select document from endpoint_system where endpoint_id = ${endpointId} and sha256 = ${sha256}
      order by valid_from desc limit 1`.execute(within);
    const [known] = rows;
    if (known === undefined) return false;
    await adoptSystem(within, { endpointId, organisationId }, sha256, known.document, now);
    return true;
  },
};

/** A system document names its endpoint, so it is kept with the interval and not apart from it. */
export async function adoptSystem(
  within: Kysely<Tables>,
  { endpointId, organisationId }: Sender,
  sha256: string,
  system: System,
  now: Date,
): Promise<void> {
  await sql`update endpoint_system set valid_to = ${now}
    where endpoint_id = ${endpointId} and valid_to is null`.execute(within);
  await sql`insert into endpoint_system (organisation_id, endpoint_id, sha256, document, valid_from)
    values (${organisationId}, ${endpointId}, ${sha256}, ${JSON.stringify(system)}::jsonb, ${now})`.execute(within);
  // A kernel takes any bytes for a name. One that is none is not shown to people and not written into records: the one before stays.
  const hostname = Value.Check(HostName, system.hostname) ? system.hostname : null;
  await sql`update endpoint set hostname = coalesce(${hostname}::text, hostname), os_id = ${system.os.id}, os_name = ${system.os.prettyName},
      architecture = ${system.architecture}, kernel = ${system.kernel.running}
    where id = ${endpointId}`.execute(within);
  const { running, installed } = system.kernel;
  await sql`
    with same as (select 1 from endpoint_kernel where endpoint_id = ${endpointId} and valid_to is null
      and running = ${running}::text and installed is not distinct from ${installed}::text),
    ended as (update endpoint_kernel set valid_to = ${now} where endpoint_id = ${endpointId} and valid_to is null
      and not exists (select 1 from same) returning 1)
    insert into endpoint_kernel (organisation_id, endpoint_id, running, installed, valid_from)
    select ${organisationId}::uuid, ${endpointId}::uuid, ${running}::text, ${installed}::text, ${now}::timestamptz
    where not exists (select 1 from same) and (select count(*) from ended) >= 0`.execute(within);
}

async function writeHeartbeat(
  within: Kysely<Tables>,
  endpointId: string,
  reported: Reported,
  wanted: readonly DocumentKind[],
  about: { readonly bootId: string; readonly agentVersion: string } | null,
  now: Date,
): Promise<void> {
  const adopted = (kind: DocumentKind) => (wanted.includes(kind) ? null : reported[kind]);
  await sql`update heartbeat set
      manifest_sha256 = coalesce(${adopted('manifest')}::text, manifest_sha256),
      system_sha256 = coalesce(${adopted('system')}::text, system_sha256),
      updates_sha256 = coalesce(${adopted('updates')}::text, updates_sha256),
      repositories_sha256 = coalesce(${adopted('repositories')}::text, repositories_sha256),
      reported_manifest = ${reported.manifest}::text, reported_system = ${reported.system}::text,
      reported_updates = ${reported.updates}::text, reported_repositories = ${reported.repositories}::text,
      boot_id = coalesce(${about?.bootId ?? null}::text, boot_id),
      agent_version = coalesce(${about?.agentVersion ?? null}::text, agent_version),
      agent_version_since = case when ${about?.agentVersion ?? null}::text <> agent_version then ${now} else agent_version_since end
    where endpoint_id = ${endpointId}`.execute(within);
}
