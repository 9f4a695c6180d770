import type { Advisory, Fact } from '@thimble/advisories';
import type { AdvisoryStore, FeedState, FeedWriter } from '../store.ts';
import { BundleError, damaged } from './bundle-error.ts';
import type { BundledFeed, BundleManifest } from './manifest.ts';
import { assertSigned, bundledRecords, type BundleFile, bundleFiles, signedManifestOf } from './read-bundle.ts';
import { trustedManifest } from './trust.ts';

export interface ImportOptions {
  readonly store: AdvisoryStore;
  /** Fingerprints or public keys of those whose bundles are taken. */
  readonly trusted: readonly string[];
  /** Takes feeds that are older than what is there, too. */
  readonly force?: boolean;
  readonly signal: AbortSignal;
  readonly onFeed?: (feed: ImportedFeed) => void;
}

export interface ImportedFeed {
  readonly feed: string;
  /** `older`: what is there is newer and stays. */
  readonly outcome: 'updated' | 'unchanged' | 'older';
  readonly syncedAt: Date;
  readonly before: Pick<FeedState, 'advisoryCount' | 'factCount' | 'syncedAt'> | null;
  readonly after: Pick<FeedState, 'advisoryCount' | 'factCount' | 'syncedAt'>;
}

export interface ImportResult {
  readonly manifest: BundleManifest;
  readonly feeds: readonly ImportedFeed[];
}

/** Records that are written at once. */
const BATCH_RECORDS = 500;

/**
 * Takes a bundle's feeds into a store, each of them whole. The signature and the digest of every part are checked before
 * anything is written, and each part again while it is read.
 *
 * @param path of the bundle's file
 * @throws BundleError, after which nothing was changed; what the store throws; the signal's reason
 */
export async function importBundle(path: string, options: ImportOptions): Promise<ImportResult> {
  const { store, signal } = options;
  const manifest = await verifiedManifest(path, options.trusted, signal);
  const plans = await Promise.all(manifest.feeds.map((feed) => planOf(feed, store, options.force === true)));
  if (plans.every(({ outcome }) => outcome === 'older'))
    throw new BundleError(
      'bundle-older',
      `it was made ${manifest.createdAt}, and what is there is newer`,
      'Import a newer one, or go back with --force.',
    );
  const feeds: ImportedFeed[] = [];
  for await (const { part, feed } of parts(path, manifest)) {
    signal.throwIfAborted();
    const plan = plans.find((one) => one.feed === feed);
    if (plan === undefined) continue;
    const imported = await apply(plan, part, store, signal);
    options.onFeed?.(imported);
    feeds.push(imported);
  }
  return { manifest, feeds };
}

async function verifiedManifest(
  path: string,
  trusted: readonly string[],
  signal: AbortSignal,
): Promise<BundleManifest> {
  let manifest: BundleManifest | undefined;
  const missing = new Set<BundledFeed>();
  for await (const file of bundleFiles(path)) {
    signal.throwIfAborted();
    if (manifest === undefined) {
      manifest = trustedManifest(await signedManifestOf(file), trusted);
      for (const feed of manifest.feeds) missing.add(feed);
      continue;
    }
    const feed = [...missing].find((one) => one.file === file.name);
    if (feed === undefined)
      throw damaged(`it has a part that was not signed, ${JSON.stringify(file.name.slice(0, 80))}`);
    missing.delete(feed);
    await assertSigned(file, feed);
  }
  if (manifest === undefined) throw damaged('it is empty');
  const [first] = missing;
  if (first !== undefined) throw damaged(`its part for ${first.feed} is missing`);
  return manifest;
}

async function* parts(path: string, manifest: BundleManifest): AsyncGenerator<{ part: BundleFile; feed: BundledFeed }> {
  for await (const part of bundleFiles(path)) {
    const feed = manifest.feeds.find(({ file }) => file === part.name);
    if (feed !== undefined) yield { part, feed };
  }
}

interface Plan {
  readonly feed: BundledFeed;
  readonly state: FeedState | null;
  readonly outcome: ImportedFeed['outcome'];
}

async function planOf(feed: BundledFeed, store: AdvisoryStore, force: boolean): Promise<Plan> {
  const state = await store.state(feed.feed);
  const difference = new Date(feed.syncedAt).getTime() - (state?.syncedAt?.getTime() ?? 0);
  if (force || difference > 0) return { feed, state, outcome: 'updated' };
  return { feed, state, outcome: difference === 0 ? 'unchanged' : 'older' };
}

async function apply(
  { feed, state, outcome }: Plan,
  part: BundleFile,
  store: AdvisoryStore,
  signal: AbortSignal,
): Promise<ImportedFeed> {
  const syncedAt = new Date(feed.syncedAt);
  const before =
    state === null
      ? null
      : { advisoryCount: state.advisoryCount, factCount: state.factCount, syncedAt: state.syncedAt };
  if (outcome !== 'updated')
    return {
      feed: feed.feed,
      outcome,
      syncedAt,
      before,
      after: before ?? { advisoryCount: 0, factCount: 0, syncedAt },
    };
  const writer = await store.write(feed.feed, 'snapshot');
  try {
    await writeRecords(part, feed, writer, signal);
    // Validators are of another place's requests.
    await writer.commit({ watermark: feed.watermark, validators: new Map(), syncedAt, faultCount: 0, faults: [] });
  } catch (error) {
    await writer.abandon();
    throw error;
  }
  const after = { advisoryCount: feed.advisories, factCount: feed.facts, syncedAt };
  return { feed: feed.feed, outcome, syncedAt, before, after };
}

async function writeRecords(
  part: BundleFile,
  feed: BundledFeed,
  writer: FeedWriter,
  signal: AbortSignal,
): Promise<void> {
  const advisories: Advisory[] = [];
  const facts: Fact[] = [];
  for await (const record of bundledRecords(part, feed)) {
    signal.throwIfAborted();
    if (record.kind === 'advisory') advisories.push(record.advisory);
    else facts.push(record.fact);
    if (advisories.length + facts.length < BATCH_RECORDS) continue;
    await writer.advisories(advisories.splice(0));
    await writer.facts(facts.splice(0));
  }
  await writer.advisories(advisories);
  await writer.facts(facts);
}
