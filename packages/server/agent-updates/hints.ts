import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CheckInRequest } from '@thimble/protocol';
import { orderVersions } from '@thimble/versions';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { asSystem } from '../storage/index.ts';
import { readRepository, type AgentRepository } from './read-repository.ts';

/** Check-ins come by the thousand; what the folder offers and what failed is looked up so often. */
const LOOK_EVERY_MS = 10_000;

/** What is offered, and which of it an endpoint gave up: organisation and version. */
export interface Offers {
  readonly repository: AgentRepository;
  readonly givenUp: ReadonlySet<string>;
}

interface Remembered {
  readonly untilMs: number;
  readonly offers: Promise<Offers>;
}

const remembered = new WeakMap<ServerContext, Remembered>();

interface Sender {
  readonly endpointId: string;
  readonly organisationId: string;
}

/** The first endpoints of a rollout, the same ones for each version: whoever raises the percentage only adds others. */
export function isAmongFirst(endpointId: string, percent: number): boolean {
  return createHash('sha256').update(endpointId).digest().readUInt32BE(0) % 100 < percent;
}

/**
 * Whether a check-in's reply says that the endpoint may look for a new version. Nobody is sent to a version that one
 * endpoint of the same organisation had to give up: a person decides then, or the next version does.
 */
export async function mayUpdate(
  context: ServerContext,
  { endpointId, organisationId }: Sender,
  { agentVersion }: CheckInRequest,
): Promise<boolean> {
  const { agentUpdatePercent: percent } = context.settings;
  if (percent === 0 || !isAmongFirst(endpointId, percent)) return false;
  const { repository, givenUp } = await currentOffers(context);
  if (repository.kind !== 'offers') return false;
  return [...repository.versions.values()].some((version) => {
    const order = orderVersions('semver', version, agentVersion);
    return 'order' in order && order.order > 0 && !givenUp.has(`${organisationId} ${version}`);
  });
}

/** Puts down which version an endpoint gave up. */
export async function hearOfUpdate(
  context: ServerContext,
  sender: Sender,
  { agentUpdate }: CheckInRequest,
): Promise<void> {
  if (agentUpdate === undefined) return;
  const { version, reason } = agentUpdate.givenUp;
  const { rows } = await sql`
    insert into agent_given_up (organisation_id, endpoint_id, version, reason, reported_at)
    values (${sender.organisationId}, ${sender.endpointId}, ${version}, ${reason}, ${context.clock()})
    on conflict (endpoint_id) do update
      set version = excluded.version, reason = excluded.reason, reported_at = excluded.reported_at
      where (agent_given_up.version, agent_given_up.reason) is distinct from (excluded.version, excluded.reason)
    returning 1`.execute(context.database.kysely);
  if (rows.length === 0) return;
  remembered.delete(context);
  context.log.warn({ endpointId: sender.endpointId, version, reason }, 'an endpoint gave a version of the agent up');
}

/** Looked up at most every ten seconds, whoever asks. */
export function currentOffers(context: ServerContext): Promise<Offers> {
  const nowMs = context.clock().getTime();
  const known = remembered.get(context);
  if (known !== undefined && nowMs < known.untilMs) return known.offers;
  const offers = asSystem(() => look(context));
  remembered.set(context, { untilMs: nowMs + LOOK_EVERY_MS, offers });
  return offers;
}

async function look(context: ServerContext): Promise<Offers> {
  const { data } = context.settings;
  const repository = await readRepository(updatesFolder(context), join(data, 'agent-updates-seen'));
  const { rows } = await sql<{ organisation_id: string; version: string }>`
    select distinct g.organisation_id, g.version from agent_given_up g join heartbeat h on h.endpoint_id = g.endpoint_id
    where h.agent_version <> g.version`.execute(context.database.kysely);
  return { repository, givenUp: new Set(rows.map((row) => `${row.organisation_id} ${row.version}`)) };
}

export function updatesFolder({ settings }: ServerContext): string {
  return settings.agentUpdates ?? join(settings.data, 'updates');
}
