import { type Feed, ecosystemOf } from '@thimble/advisories';
import { type FeedChoice, type FeedState, STALE_AFTER_INTERVALS } from '@thimble/feeds';
import type { FeedList, FeedSummary } from '@thimble/protocol';
import { sql } from 'kysely';
import { readFeedStates } from '../advisories/index.ts';
import type { FleetNamespace } from '../assess/index.ts';
import type { ServerContext } from '../context.ts';
import { type FeedTurn, chooseForFleet, readTurns } from './schedule.ts';

const HOUR_MS = 3_600_000;
/** A synchronisation that was not heard of for this long has died with its server. */
const DEAD_AFTER_MS = 60_000;
const FAULTS_SHOWN = 50;

/** All feeds, with how they are and for what of the organisation's fleet they are needed. */
export async function listFeeds(
  context: Pick<ServerContext, 'database' | 'clock' | 'settings'>,
  organisationId: string,
  feeds: readonly Feed[],
): Promise<FeedList> {
  const { kysely } = context.database;
  const states = new Map((await readFeedStates(kysely)).map((state) => [state.feed, state]));
  const turns = await readTurns(kysely);
  const { rows } = await sql<{ namespaces: readonly FleetNamespace[] }>`
    select namespaces from assessment_state where organisation_id = ${organisationId}`.execute(kysely);
  const fleet = rows[0]?.namespaces ?? [];
  const items = (await chooseForFleet(kysely, feeds)).map((choice) =>
    summaryOf(choice, {
      state: states.get(choice.feed.id),
      turn: turns.get(choice.feed.id),
      fleet,
      now: context.clock(),
      off: context.settings.feeds === 'off',
      mirror: context.settings.feedMirror,
    }),
  );
  return { items, total: items.length };
}

interface Facts {
  readonly state: FeedState | undefined;
  readonly turn: FeedTurn | undefined;
  readonly fleet: readonly FleetNamespace[];
  readonly now: Date;
  /** Nothing is fetched by itself. */
  readonly off: boolean;
  readonly mirror: string | undefined;
}

function summaryOf({ feed, chosen, why }: FeedChoice, facts: Facts): FeedSummary {
  const { state, turn, fleet, now } = facts;
  const { health, explanation } = healthOf(feed, chosen, why, facts);
  return {
    id: feed.id,
    name: feed.name,
    publisher: feed.publisher,
    documentation: feed.documentation,
    licence: feed.licence,
    namespaces: [...feed.namespaces],
    mode: turn?.mode ?? 'auto',
    // What another feed tells as well is needed for nothing, unless somebody wants it.
    neededFor: feed.onRequest !== undefined && !chosen ? [] : neededFor(feed, fleet),
    health,
    explanation,
    baseUrl:
      turn?.baseUrl ?? (facts.mirror === undefined ? feed.baseUrl : `${facts.mirror.replace(/\/$/, '')}/${feed.id}/`),
    intervalHours: feed.intervalHours,
    syncedAt: state?.syncedAt?.toISOString() ?? null,
    changedAt: state?.changedAt?.toISOString() ?? null,
    nextAt: chosen && !facts.off ? (turn?.nextAt?.toISOString() ?? null) : null,
    running: runningOf(turn, now),
    advisoryCount: state?.advisoryCount ?? 0,
    factCount: state?.factCount ?? 0,
    faultCount: state?.faultCount ?? 0,
    faults: (state?.faults ?? []).slice(0, FAULTS_SHOWN).map(({ record, reason }) => ({
      record: record.slice(0, 512),
      reason: reason.slice(0, 16_384),
    })),
    failure:
      state?.failure === undefined || state.failure === null
        ? null
        : { ...state.failure, at: state.failure.at.toISOString(), message: state.failure.message.slice(0, 16_384) },
  };
}

function neededFor(feed: Feed, fleet: readonly FleetNamespace[]): string[] {
  if (feed.namespaces.includes('*')) return fleet.length === 0 ? [] : ['all vulnerabilities'];
  return fleet
    .filter(({ namespace }) => feed.namespaces.includes(ecosystemOf(namespace)))
    .map(
      ({ namespace, endpointCount }) =>
        `${namespace} on ${endpointCount} ${endpointCount === 1 ? 'endpoint' : 'endpoints'}`,
    );
}

function runningOf(turn: FeedTurn | undefined, now: Date): FeedSummary['running'] {
  const running = turn?.running ?? null;
  if (running === null || now.getTime() - Date.parse(running.beatAt) > DEAD_AFTER_MS) return null;
  return { startedAt: running.startedAt, records: running.records, message: running.message };
}

function healthOf(
  feed: Feed,
  chosen: boolean,
  why: string,
  { state, now, off }: Facts,
): Pick<FeedSummary, 'health' | 'explanation'> {
  const failure = state?.failure ?? null;
  const syncedAt = state?.syncedAt ?? null;
  if (!chosen && syncedAt === null) return { health: 'off', explanation: why };
  if (failure !== null) {
    const kept = syncedAt === null ? 'nothing of it is known' : `what was read ${ageText(syncedAt, now)} still counts`;
    return { health: 'failing', explanation: `the last attempt failed: ${failure.message}; ${kept}` };
  }
  if (syncedAt === null)
    return {
      health: 'never',
      explanation: off ? 'feeds are switched off: import a bundle' : `needed ${why}; it has not been synchronised yet`,
    };
  const isStale = now.getTime() - syncedAt.getTime() > STALE_AFTER_INTERVALS * feed.intervalHours * HOUR_MS;
  const read = `last read ${ageText(syncedAt, now)}`;
  if (isStale)
    return { health: 'stale', explanation: off ? `${read}; feeds are switched off: import a newer bundle` : read };
  return { health: chosen ? 'fresh' : 'off', explanation: chosen ? `${read}, ${why}` : `${why}; ${read}` };
}

function ageText(then: Date, now: Date): string {
  const hours = Math.max(0, (now.getTime() - then.getTime()) / HOUR_MS);
  if (hours < 1) return `${Math.round(hours * 60)} minutes ago`;
  return hours < 48 ? `${Math.round(hours)} hours ago` : `${Math.round(hours / 24)} days ago`;
}
