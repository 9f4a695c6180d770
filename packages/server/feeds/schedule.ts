import type { Feed } from '@thimble/advisories';
import { type FeedChoice, chooseFeeds } from '@thimble/feeds';
import { type Kysely, sql } from 'kysely';
import type { Tables } from '../storage/index.ts';

/** What people set for a feed, and when it is its turn. */
export interface FeedTurn {
  readonly feed: string;
  readonly mode: 'auto' | 'on' | 'off';
  /** Null: the publisher's own address, or the mirror of the settings. */
  readonly baseUrl: string | null;
  readonly attemptedAt: Date | null;
  readonly nextAt: Date | null;
  readonly askedAt: Date | null;
  readonly running: RunningSync | null;
}

/** The attempt that is under way, or that died under way: `beatAt` tells which. */
export interface RunningSync {
  readonly startedAt: string;
  readonly beatAt: string;
  readonly records: number;
  readonly message: string;
}

export async function readTurns(within: Kysely<Tables>): Promise<ReadonlyMap<string, FeedTurn>> {
  const { rows } = await sql<FeedTurn>`
    select feed, mode, base_url as "baseUrl", attempted_at as "attemptedAt", next_at as "nextAt", asked_at as "askedAt",
      running from feed_schedule`.execute(within);
  return new Map(rows.map((row) => [row.feed, row]));
}

/** Which feeds the fleet of all organisations needs, and with what each is asked. */
export async function chooseForFleet(within: Kysely<Tables>, feeds: readonly Feed[]): Promise<readonly FeedChoice[]> {
  const { rows } = await sql<{ namespace: string }>`
    select distinct n->>'namespace' as namespace
    from assessment_state s cross join lateral jsonb_array_elements(s.namespaces) as n order by 1`.execute(within);
  const turns = await readTurns(within);
  return chooseFeeds(
    feeds,
    rows.map(({ namespace }) => namespace),
    new Map([...turns.values()].map(({ feed, mode }) => [feed, mode])),
  );
}

const HOUR_MS = 3_600_000;
/** After a failure the first hour is not waited out, however seldom the feed is asked usually. */
const RETRY_MS = HOUR_MS;
/** So that not all servers of the world ask at the same minute. */
const JITTER = 0.1;

/** When a feed is asked again. @param chance from 0 to 1. */
export function nextTurn(now: Date, intervalHours: number, failed: boolean, chance: number): Date {
  const waitMs = failed ? Math.min(RETRY_MS, intervalHours * HOUR_MS) : intervalHours * HOUR_MS;
  return new Date(now.getTime() + waitMs * (1 + JITTER * chance));
}
