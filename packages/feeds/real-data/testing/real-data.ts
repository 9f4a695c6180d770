import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FEEDS, type Advisory, type Fact, type Feed, type FeedItem, type FeedRequest } from '@thimble/advisories';
import { describe } from 'vitest';
import { documentFromFile } from '../../documents/index.ts';

const FOLDER = join(import.meta.dirname, '../../../../../shared/data');
/** The day on which the data was cut, and after every date in it. */
export const NOW = new Date('2026-11-22T12:00:00.000Z');

/** A file of the collection of real data, which lies beside the project and is not part of it. */
export function realData(path: string): string {
  return join(FOLDER, path);
}

/** `describe` where the collection is there; else the suite shows as skipped, with the reason in its title. */
export const describeRealData: (title: string, body: () => void) => void = existsSync(FOLDER)
  ? (title, body) => describe(title, body)
  : (title, body) => describe.skip(`${title} [SKIPPED: ../shared/data is not there]`, body);

export function feedOf(id: string): Feed {
  const feed = FEEDS.find((candidate) => candidate.id === id);
  if (feed === undefined) throw new Error(`no feed is called ${id}`);
  return feed;
}

/** Everything that a feed reads out of a file, one item after the other. */
export function itemsOfFile(
  feed: string,
  file: string,
  request: Pick<FeedRequest, 'role' | 'path' | 'packing'>,
): AsyncIterable<FeedItem> {
  const document = documentFromFile(file, { ...request, limitBytes: 2_000_000_000 });
  return feedOf(feed).read(document, { watermark: null, now: NOW, namespaces: null });
}

export interface Gathered {
  readonly advisories: readonly Advisory[];
  readonly facts: readonly Fact[];
  /** `record: reason` */
  readonly faults: readonly string[];
}

export async function gather(items: AsyncIterable<FeedItem>): Promise<Gathered> {
  const advisories: Advisory[] = [];
  const facts: Fact[] = [];
  const faults: string[] = [];
  for await (const item of items) {
    if (item.kind === 'advisory') advisories.push(item.advisory);
    else if (item.kind === 'fact') facts.push(item.fact);
    else if (item.kind === 'fault') faults.push(`${item.record}: ${item.reason}`);
  }
  return { advisories, facts, faults };
}
