import { join } from 'node:path';
import type { AgentReach } from '@thimble/rollouts';
import { sql } from 'kysely';
import type { ServerContext } from '../context.ts';
import { asSystem } from '../storage/index.ts';
import { readRepository, type AgentRepository } from './read-repository.ts';

/** Check-ins come by the thousand; what the folder offers and who may be told is looked up so often. */
const LOOK_EVERY_MS = 10_000;

/** What is offered, and to whom: by organisation and version. */
export interface Offers {
  readonly repository: AgentRepository;
  readonly reaches: ReadonlyMap<string, AgentReach>;
}

interface Remembered {
  readonly untilMs: number;
  readonly offers: Promise<Offers>;
}

const remembered = new WeakMap<ServerContext, Remembered>();

export function offerKey(organisationId: string, version: string): string {
  return `${organisationId} ${version}`;
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

/** Something was decided: this replica heeds it at once, the others within ten seconds. */
export function forgetOffers(context: ServerContext): void {
  remembered.delete(context);
}

async function look(context: ServerContext): Promise<Offers> {
  const { data } = context.settings;
  const repository = await readRepository(updatesFolder(context), join(data, 'agent-updates-seen'));
  // One that went back holds the others from the moment at which it said so, before the version is halted for it.
  const { rows } = await sql<{ organisation_id: string; version: string; reach: AgentReach }>`
    select organisation_id, version, reach from agent_version v
    where state in ('under-way', 'finished') and open and not exists (
      select from agent_given_up g join heartbeat h on h.endpoint_id = g.endpoint_id
      where g.organisation_id = v.organisation_id and g.version = v.version and h.agent_version <> g.version
        and g.reported_at >= v.judged_since)`.execute(context.database.kysely);
  const reaches = new Map(rows.map((row) => [offerKey(row.organisation_id, row.version), row.reach]));
  return { repository, reaches };
}

export function updatesFolder({ settings }: ServerContext): string {
  return settings.agentUpdates ?? join(settings.data, 'updates');
}
