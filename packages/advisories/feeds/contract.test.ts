import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isVersion, SCHEMES } from '@thimble/versions';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { FeedError, type Feed, type FeedContext, type FeedItem } from '../feed/index.ts';
import { Advisory, Fact, subjectOf, type Claim, type Provenance } from '../model/index.ts';
import { hostileVariations } from '../testing/hostile-variations.ts';
import { randomOf } from '../testing/random.ts';
import { filesOf, folderOfFeed, sampleDocument, samplesOf, type Sample, type SampleFile } from '../testing/samples.ts';
import { FEEDS } from './registry.ts';

const root = import.meta.dirname;
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const NOW = new Date('2026-11-01T12:00:00.000Z');
const contextOf = (sample: Sample): FeedContext => ({
  watermark: sample.watermark ?? null,
  now: NOW,
  namespaces: null,
});

const schemas = { advisory: Compile(Advisory), fact: Compile(Fact) };
const schemeIds = new Set(SCHEMES.map(({ id }) => id));

/** Why an item is not what the contract says; null: it is. */
function objection(item: FeedItem, feed: Feed): string | null {
  switch (item.kind) {
    case 'advisory': {
      if (!schemas.advisory.Check(item.advisory))
        return JSON.stringify(schemas.advisory.Errors(item.advisory).slice(0, 2)).slice(0, 600);
      if (item.advisory.vulnerabilities.length === 0)
        return `${item.advisory.id} names no vulnerability, not even itself`;
      const claims = item.advisory.claims.map(claimObjection).find((text) => text !== null);
      return claims === undefined
        ? provenanceObjection(item.advisory.provenance, feed)
        : `${item.advisory.id}: ${claims}`;
    }
    case 'fact':
      if (!schemas.fact.Check(item.fact))
        return JSON.stringify(schemas.fact.Errors(item.fact).slice(0, 2)).slice(0, 600);
      if (subjectOf(item.fact.body) === '') return `a fact about nothing`;
      return provenanceObjection(item.fact.provenance, feed);
    case 'fault':
      return item.reason === '' || item.record.length > 4_096 || item.reason.length > 4_096
        ? `a fault without a reason or without measure: ${item.record.slice(0, 100)}: ${item.reason.slice(0, 100)}`
        : null;
    case 'request':
      return /^https:\/\/|^(?![a-z]+:|\/)/.test(item.request.path)
        ? null
        : `a request for ${item.request.path.slice(0, 200)}`;
    case 'removed':
      return item.id === '' ? 'something without an id is removed' : null;
    case 'watermark':
      return item.value.length > 4_096 ? 'a watermark without measure' : null;
  }
}

function claimObjection(claim: Claim): string | null {
  const about = `${claim.namespace}/${claim.name}`;
  if (!schemeIds.has(claim.scheme)) return `${about}: ${claim.scheme} is no scheme`;
  const intervals = [...claim.intervals, ...claim.requires.flat().flatMap((requirement) => requirement.intervals)];
  for (const { introduced, fixed, lastAffected } of claim.intervals)
    for (const version of [introduced, fixed, lastAffected])
      if (version !== null && !isVersion(claim.scheme, version))
        return `${about}: ${version} is no ${claim.scheme} version`;
  if (intervals.some(({ fixed, lastAffected }) => fixed !== null && lastAffected !== null))
    return `${about}: an interval ends twice`;
  if ((claim.fix.state === 'fixed') !== (claim.fix.version !== null))
    return `${about}: fixed without a version, or the other way round`;
  return null;
}

function provenanceObjection(provenance: Provenance, feed: Feed): string | null {
  if (provenance.feed !== feed.id) return `provenance names the feed ${provenance.feed}`;
  return provenance.record === '' ? 'provenance names no record' : null;
}

/** Everything that reading yields; more items than `most` throw. */
async function itemsOf(feed: Feed, sample: Sample, files: readonly SampleFile[], most: number): Promise<FeedItem[]> {
  const items: FeedItem[] = [];
  for await (const item of feed.read(sampleDocument(sample, files), contextOf(sample))) {
    items.push(item);
    if (items.length > most) throw new RangeError(`more than ${most} items`);
  }
  return items;
}

function counts(items: readonly FeedItem[]): Required<Sample['expect']> {
  const count = (kind: FeedItem['kind']): number => items.filter((item) => item.kind === kind).length;
  return {
    advisories: count('advisory'),
    facts: count('fact'),
    faults: count('fault'),
    requests: count('request'),
    removed: count('removed'),
  };
}

describe('the registry', () => {
  it('has at least one feed of each folder, and no other', () => {
    const owners = FEEDS.map((feed) => folderOfFeed(feed, folders));
    expect([...new Set(owners)].sort()).toEqual(folders);
  });

  it('has no id twice', () => {
    expect(FEEDS.map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index)).toEqual([]);
  });
});

describe.each(folders)('feed folder %s', (name) => {
  it('has an index, a readme of at most 40 lines and samples', () => {
    for (const file of ['index.ts', 'README.md', 'fixtures/samples.json'])
      expect(existsSync(join(root, name, file)), `${name}/${file}`).toBe(true);
    expect(
      readFileSync(join(root, name, 'README.md'), 'utf8')
        .trimEnd()
        .split('\n').length,
    ).toBeLessThanOrEqual(40);
    expect(samplesOf(join(root, name)).length).toBeGreaterThan(0);
  });
});

describe.each(FEEDS)('feed $id', (feed) => {
  it('describes itself', () => {
    expect(feed.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    for (const text of [feed.name, feed.publisher, feed.licence]) expect(text).not.toBe('');
    expect(feed.documentation).toMatch(/^https:\/\//);
    expect(feed.baseUrl).toMatch(/^https:\/\/.*\/$/);
    expect(feed.intervalHours).toBeGreaterThan(0);
    expect(feed.limitRecords).toBeGreaterThan(0);
    expect(feed.namespaces.length).toBeGreaterThan(0);
  });

  it('asks for the same with the same context, within limits', () => {
    const context: FeedContext = { watermark: null, now: NOW, namespaces: null };
    const requests = feed.start(context);
    expect(feed.start(context)).toEqual(requests);
    for (const request of requests) {
      expect(request.path).toMatch(/^https:\/\/|^(?![a-z]+:|\/)/);
      expect(request.limitBytes).toBeGreaterThan(0);
      expect(request.limitBytes).toBeLessThanOrEqual(16 * 1024 ** 3);
    }
  });
});

interface Case {
  readonly name: string;
  readonly feed: Feed;
  readonly sample: Sample;
  readonly files: readonly SampleFile[];
}

const cases: readonly Case[] = folders
  .filter((folder) => existsSync(join(root, folder, 'fixtures/samples.json')))
  .flatMap((folder) =>
    samplesOf(join(root, folder)).flatMap((sample) => {
      const feed = FEEDS.find(({ id }) => id === (sample.feed ?? folder));
      // A folder whose feed is not registered fails above.
      return feed === undefined
        ? []
        : [
            {
              name: `${feed.id} ${sample.role} ${sample.file}`,
              feed,
              sample,
              files: filesOf(join(root, folder), sample),
            },
          ];
    }),
  );

describe.each(cases)('$name', ({ feed, sample, files }) => {
  it('yields exactly what is expected, and all of it is as the contract says', async () => {
    const items = await itemsOf(feed, sample, files, 100_000);
    const faults = items.filter((item) => item.kind === 'fault');
    expect(counts(items), JSON.stringify(faults)).toEqual({
      requests: counts(items).requests,
      removed: 0,
      ...sample.expect,
    });
    expect(items.map((item) => objection(item, feed)).filter((text) => text !== null)).toEqual([]);
  });

  it('yields no id twice', async () => {
    const items = await itemsOf(feed, sample, files, 100_000);
    const ids = items.flatMap((item) => {
      if (item.kind === 'advisory') return [item.advisory.id];
      return item.kind === 'fact' ? [`${item.fact.body.kind} ${subjectOf(item.fact.body)}`] : [];
    });
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('yields the same when it is read again', async () => {
    expect(await itemsOf(feed, sample, files, 100_000)).toEqual(await itemsOf(feed, sample, files, 100_000));
  });

  it('is a fault, and nothing worse, in hostile variations', async () => {
    const random = randomOf(20_261_101);
    const builtIns = Object.getOwnPropertyNames(Object.prototype);
    const problems: string[] = [];
    const hostile = random.pick(files);
    for (const variation of hostileVariations(hostile?.bytes ?? new Uint8Array(), random, 12)) {
      const varied = files.map((file) => (file === hostile ? { name: file.name, bytes: variation.bytes } : file));
      const bytes = varied.reduce((sum, file) => sum + file.bytes.length, 0);
      try {
        const items = await itemsOf(feed, sample, varied, bytes + 1_000);
        const objections = items.map((item) => objection(item, feed)).filter((text) => text !== null);
        if (objections.length > 0) problems.push(`${variation.name}: ${objections[0]}`);
      } catch (error) {
        if (!(error instanceof FeedError)) problems.push(`${variation.name}: ${describeError(error)}`);
      }
    }
    expect(problems).toEqual([]);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(builtIns);
  });
});

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 4).join(' ') : String(error);
}
