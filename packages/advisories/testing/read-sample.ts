import { join } from 'node:path';
import type { Feed, FeedItem } from '../feed/index.ts';
import type { Advisory } from '../model/index.ts';
import { filesOf, sampleDocument, samplesOf } from './samples.ts';

export interface SampleReading {
  readonly advisories: ReadonlyMap<string, Advisory>;
  readonly faults: readonly string[];
}

/** What a feed makes of its first sample: advisories by id, faults as `record: reason`. */
export async function readSample(feed: Feed, now: Date): Promise<SampleReading> {
  const folder = join(import.meta.dirname, '../feeds', feed.id);
  const [sample] = samplesOf(folder);
  if (sample === undefined) throw new Error(`${feed.id} has no sample`);
  const document = sampleDocument(sample, filesOf(folder, sample));
  const items: FeedItem[] = await Array.fromAsync(feed.read(document, { watermark: null, now, namespaces: null }));
  return {
    advisories: new Map(items.flatMap((item) => (item.kind === 'advisory' ? [[item.advisory.id, item.advisory]] : []))),
    faults: items.flatMap((item) => (item.kind === 'fault' ? [`${item.record}: ${item.reason}`] : [])),
  };
}

/** `namespace/name from <fixed` … `: fix`, as a test compares it. */
export function shownClaims(advisory: Advisory | undefined): readonly string[] {
  return (advisory?.claims ?? []).map(({ namespace, name, status, intervals, fix }) => {
    const spans = intervals.map(({ introduced, fixed, lastAffected }) =>
      [introduced ?? '0', fixed === null ? (lastAffected === null ? '…' : `≤${lastAffected}`) : `<${fixed}`].join(' '),
    );
    return `${namespace}/${name} ${status} ${spans.join(', ') || 'all'}: ${fix.version ?? fix.state}`;
  });
}
