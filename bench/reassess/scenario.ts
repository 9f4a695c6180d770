import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FEEDS } from '@thimble/advisories';
import { createFetcher, syncFeed } from '@thimble/feeds';
import type { RunningServer, ServerContext } from '@thimble/server';
import { assessEverything, refreshSummaries } from '@thimble/server/assess-testing';
import { listsIn, realCatalogue } from './catalogue.ts';
import { makeInstallations } from './installations.ts';
import { loadFleet } from './load-fleet.ts';
import { poke, publish, storeOf } from './new-advisory.ts';

export interface Scale {
  readonly endpoints: number;
  readonly manifests: number;
  readonly packages: number;
}

/** What happened, one line each. Times in milliseconds. */
export type Report =
  | { readonly kind: 'said'; readonly text: string }
  | { readonly kind: 'fleet'; readonly software: number; readonly claims: number; readonly verdicts: number }
  | { readonly kind: 'first'; readonly ms: number }
  | {
      readonly kind: 'advisory';
      readonly how: 'rare' | 'everywhere';
      readonly ms: number;
      readonly listMs: number;
      readonly endpoints: number;
    }
  | { readonly kind: 'everything'; readonly matchMs: number; readonly summaryMs: number; readonly software: number };

const ROUNDS = 5;
const DEADLINE_MS = 30 * 60_000;

/** Fills a running server, and measures it: a new advisory, then all software against all advisories. */
export async function* scenario(server: RunningServer, mirror: string, scale: Scale): AsyncGenerator<Report> {
  const { context } = server;
  yield { kind: 'said', text: 'all DSA and DLA data ...' };
  await loadAdvisories(context, mirror);
  yield { kind: 'said', text: `${scale.endpoints} endpoints ...` };
  const lists = listsIn(mirror);
  if (lists === null) throw new Error('the mirror has no lists');
  const installations = makeInstallations(realCatalogue(lists), {
    count: scale.manifests,
    size: scale.packages,
    seed: 1,
  });
  await loadFleet(context, installations, scale.endpoints);
  yield { kind: 'said', text: 'the first assessment ...' };
  const startedMs = performance.now();
  await poke(context);
  await untilIdle(context, startedMs);
  yield { kind: 'first', ms: performance.now() - startedMs };
  yield { kind: 'fleet', ...(await countFleet(context)) };
  let serial = 0;
  for (const how of ['rare', 'everywhere'] as const) {
    const names = await namesOf(context, how);
    for (const name of names) yield { kind: 'advisory', how, ...(await publish(server, name, (serial += 1))) };
  }
  yield { kind: 'said', text: 'everything anew ...' };
  yield { kind: 'everything', ...(await everything(context)) };
}

async function loadAdvisories(context: ServerContext, mirror: string): Promise<void> {
  const fetcher = createFetcher({
    temporaryDirectory: join(context.settings.data, 'feeds'),
    userAgent: 'Thimble/bench',
    proxy: null,
    baseUrls: new Map(),
    mirror: pathToFileURL(`${mirror}/`).href,
  });
  try {
    for (const feed of FEEDS.filter(({ id }) => id === 'debian-lists')) {
      const { outcome } = await syncFeed(feed, {
        store: storeOf(context),
        fetcher,
        now: context.clock,
        namespaces: null,
        reader: 'bench',
        signal: context.stopping,
      });
      if (outcome !== 'updated') throw new Error(`${feed.id} was not loaded: ${outcome}`);
    }
  } finally {
    fetcher.close();
  }
}

/** Waits until nothing is due, the figures of the fleet too. */
async function untilIdle({ database }: ServerContext, sinceMs: number): Promise<void> {
  const due = `select exists (select 1 from manifest where software_ids is null)
    or exists (select 1 from software where assessed_at is null) or exists (select 1 from assessment_due)
    or exists (select 1 from priority_due) or exists (select 1 from endpoint_due)
    or not exists (select 1 from assessment_state where computed_at is not null)
    or exists (select 1 from assessment_state where due_at is not null) as due`;
  while (performance.now() - sinceMs < DEADLINE_MS) {
    const { rows } = await database.pool.query<{ due: boolean }>(due);
    if (rows[0]?.due === false) return;
    await sleep(200);
  }
  throw new Error('the assessment does not come to an end');
}

async function countFleet({ database }: ServerContext) {
  const { rows } = await database.pool.query<{ software: number; claims: number; verdicts: number }>(
    `select (select count(*) from software)::int as software, (select count(*) from claim where valid_to is null)::int as claims,
       (select count(*) from verdict where valid_to is null)::int as verdicts`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a count gave no row');
  return row;
}

/** Sources of which few, or all, lists have a package. */
async function namesOf({ database }: ServerContext, how: 'rare' | 'everywhere'): Promise<readonly string[]> {
  if (how === 'everywhere') return ['openssl', 'glibc', 'systemd', 'krb5', 'perl'];
  const { rows } = await database.pool.query<{ source: string }>(
    `select p.source from package_version p where (select count(*) from manifest m where m.package_ids @> array[p.id]) = 1
     group by 1 having count(*) = 1 and bool_and(p.origin->>'codename' = 'bookworm') order by 1 limit ${ROUNDS}`,
  );
  return rows.map(({ source }) => source);
}

/** All software matched with all advisories, though nothing changed; then the fleet's figures of it. */
async function everything(context: ServerContext) {
  const { database, clock, stopping, defaultOrganisationId } = context;
  const startedMs = performance.now();
  const { software } = await assessEverything(database, clock, stopping);
  const matchedMs = performance.now();
  while (!(await refreshSummaries(database, defaultOrganisationId, clock()))) await sleep(20);
  return { software, matchMs: matchedMs - startedMs, summaryMs: performance.now() - matchedMs };
}
