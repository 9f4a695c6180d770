import type { Transaction } from '@thimble/protocol';
import type { PlanTask, SnapshotContent } from '../../driver.ts';
import type { Host } from '../../host.ts';
import { classifyAptError, type AptError } from '../apt-errors.ts';
import { notVerified } from '../candidates.ts';
import { readIndexes } from '../index-targets.ts';
import { DEADLINES } from '../limits.ts';
import { readReleaseFile } from '../release-file.ts';
import { listName } from '../refresh.ts';
import { parseAddress, withoutCredentials } from '../sources/address.ts';
import { readAptPlaces } from '../sources/apt-places.ts';
import { readSources } from '../sources/read-sources.ts';
import { aptBoolean, type SourceEntry } from '../sources/source-entry.ts';
import { aptGet, type AptWorkspace } from '../workspace.ts';
import { matchEntries, type MatchedEntry, type Matching } from './matching.ts';
import { translateOriginPins } from './origin-pins.ts';
import { isUnavailable, snapshotError } from './own-words.ts';
import { privateSources, revisionUrl } from './private-sources.ts';
import {
  isComplete,
  makeSnapshotFolder,
  markComplete,
  removeUnfinished,
  snapshotFolder,
  type SnapshotFiles,
  type SnapshotFolder,
} from './snapshot-folder.ts';

export type OpenedSnapshot =
  | {
      readonly ok: true;
      /** Whose only source is the snapshot. */
      readonly workspace: AptWorkspace;
      /** The endpoint's own repositories that are deliberately left aside. */
      readonly outside: Transaction['excluded'];
    }
  | { readonly ok: false; readonly error: AptError };

/**
 * Fetches a snapshot's indexes for this endpoint: its own entries, keyrings and options, another address. apt checks the
 * vendor's signature; then each signed file must be the very one that the order names, which is what says how fresh it
 * has to be. The endpoint's own files stay as they are.
 *
 * @param goOn an installation is under way: what was fetched for it is enough
 */
export async function openSnapshot(
  { host, signal }: Pick<PlanTask, 'host' | 'signal'>,
  workspace: AptWorkspace,
  content: SnapshotContent,
  goOn: boolean = false,
): Promise<OpenedSnapshot> {
  const { source } = content;
  const baseUrls = [content.baseUrl, ...content.moreUrls];
  const places = await readAptPlaces(host);
  const { entries, gaps } = await readSources(host, places);
  const matching = matchEntries(entries, source, places.architectures);
  const error = whyNotUsable(matching.matched, source.snapshotName);
  if (error !== null) return { ok: false, error };
  const hosts = [...new Set(matching.matched.map(({ entry }) => hostOf(entry.uri)))].sort();
  const baseUrlOf = ({ uri }: Pick<SourceEntry, 'uri'>) => baseUrls[hosts.indexOf(hostOf(uri))] ?? content.baseUrl;
  const addresses = new Map(hosts.map((name) => [name, new URL(baseUrlOf({ uri: `http://${name}` })).hostname]));
  const pins = await translateOriginPins(host, places, hosts.length > baseUrls.length ? null : addresses);
  if (!pins.ok) return pins;
  const files = { sources: privateSources(matching.matched, baseUrlOf), baseUrls };
  const folder = snapshotFolder(workspace, source.snapshotId);
  await makeSnapshotFolder(host, workspace, folder, files);
  if (content.anew === true) await removeUnfinished(host, workspace, folder);
  if (pins.text !== null) await host.writeFile(folder.preferences, Buffer.from(pins.text, 'latin1'));
  const own: AptWorkspace = {
    ...workspace,
    configuration: folder.configuration,
    lists: folder.lists,
    ...(pins.text === null
      ? {}
      : {
          preferences: folder.preferences,
          options: [
            ...workspace.options,
            '-o',
            `Dir::Etc::preferences=${folder.preferences}`,
            '-o',
            'Dir::Etc::preferencesparts=/dev/null',
          ],
        }),
    snapshot: {
      snapshotName: source.snapshotName,
      baseUrls,
      addresses: matching.matched.map(({ entry, repository }) => ({
        gateway: revisionUrl(baseUrlOf(entry), repository.revisionId),
        own: withoutCredentials(entry.uri).replace(/\/+$/, ''),
      })),
    },
  };
  const fetched = await fetchIndexes(host, own, { folder, files, goOn, signal });
  if (fetched !== null) return { ok: false, error: fetched };
  const differs = await whatDiffers(host, folder, matching.matched, baseUrlOf);
  if (differs !== null) {
    // apt prefers what it has to what is older: with a later state among its lists it would never take the right one.
    await host.remove(folder.directory);
    return { ok: false, error: { code: 'snapshot-differs', message: differs } };
  }
  const open = notVerified(await readIndexes(host, own));
  if (open !== null) return { ok: false, error: open };
  const unread = gaps.map(({ what, why }) => outsideEntry(what, why));
  return { ok: true, workspace: own, outside: [...outsideOf(matching, source.snapshotName), ...unread] };
}

/** What apt calls an origin, in lower case. */
function hostOf(uri: string): string {
  return new URL(parseAddress(uri)?.plain ?? uri).hostname;
}

function whyNotUsable(matched: readonly MatchedEntry[], snapshotName: string): AptError | null {
  if (matched.length === 0) {
    const message = `none of this endpoint's repositories is part of snapshot ${snapshotName}: add them to it, or deploy from the endpoint's own`;
    return { code: 'unsupported', message };
  }
  const open = matched.find(({ entry }) => aptBoolean(entry.options.get('trusted')) === true);
  if (open === undefined) return null;
  const message = `${open.entry.file}:${open.entry.number} says trusted=yes: whether the snapshot is the vendor's can't be verified; name the vendor's key there (signed-by)`;
  return { code: 'index-not-verified', message };
}

async function fetchIndexes(
  host: Host,
  workspace: AptWorkspace,
  how: {
    readonly folder: SnapshotFolder;
    readonly files: SnapshotFiles;
    readonly goOn: boolean;
    readonly signal: AbortSignal;
  },
): Promise<AptError | null> {
  const { folder, files, goOn, signal } = how;
  const complete = await isComplete(host, folder, files);
  if (goOn && complete) return null;
  const result = await host.run(aptGet(workspace, 'update'), { deadlineMs: DEADLINES.refreshMs, signal });
  if (result.stopped !== null)
    return { code: 'snapshot-unavailable', message: `apt-get update was stopped: ${result.stopped}` };
  if (result.exitCode === 0) {
    await markComplete(host, folder, files);
    return null;
  }
  const away = isUnavailable(result.stderr) && !NOT_VERIFIED.test(result.stderr);
  // What was fetched and verified before is the same for ever, so that a server that is away stops nothing.
  if (complete && away) return null;
  await host.remove(folder.complete);
  const error = classifyAptError(result.stderr, 'index-unreachable');
  if (away) return snapshotError(workspace, { ...error, code: 'index-unreachable' });
  return snapshotError(workspace, error.code === 'digest-mismatch' ? { ...error, code: 'index-not-verified' } : error);
}

/** Of a Release file that did not come, apt says that there is none: only these are about one that did. */
const NOT_VERIFIED = /GPG error|OpenPGP|BADSIG|NO_PUBKEY|EXPKEYSIG|REVKEYSIG|clearsigned|hash sum|unexpected size/i;

/** Each signed file that apt kept against the digest in the order; null: they are the same, and none is missing. */
async function whatDiffers(
  host: Host,
  folder: SnapshotFolder,
  matched: readonly MatchedEntry[],
  baseUrlOf: (entry: SourceEntry) => string,
): Promise<string | null> {
  const kept = ((await host.listDirectory(folder.lists)) ?? []).filter((name) => /_(?:In)?Release$/.test(name));
  const claimed = new Set<string>();
  for (const { entry, repository } of matched) {
    const prefix = `${listName(revisionUrl(baseUrlOf(entry), repository.revisionId))}_`;
    const what = `${withoutCredentials(entry.uri)} ${entry.suite}`;
    const names = kept.filter((name) => name.startsWith(prefix));
    if (names.length === 0) return `apt kept no signed index of ${what}`;
    for (const name of names) {
      claimed.add(name);
      const sha256 = (await readReleaseFile(host, `${folder.lists}/${name}`))?.sha256 ?? 'not readable';
      if (sha256 !== repository.metadataSha256)
        return `the signed index of ${what} is not the one of the order: SHA-256 ${sha256} instead of ${repository.metadataSha256}`;
    }
  }
  const foreign = kept.find((name) => !claimed.has(name));
  return foreign === undefined ? null : 'there are indexes of another repository among those of the snapshot';
}

function outsideOf({ outside }: Matching, snapshotName: string): Transaction['excluded'] {
  return outside.map(({ entry, components }) => {
    const place = [withoutCredentials(entry.uri), entry.suite, ...components].join(' ').slice(0, 1_000);
    return outsideEntry(
      withoutCredentials(entry.uri),
      `the repository ${place} is not part of snapshot ${snapshotName}: nothing of it is looked at`,
    );
  });
}

/** Where packages are named, a repository has to look like one. */
function outsideEntry(what: string, why: string): Transaction['excluded'][number] {
  const name = what
    .replace(/^[a-z0-9+.-]+:\/\//i, '')
    .replace(/[^A-Za-z0-9+._:@/~-]/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 255);
  return { name: name === '' ? 'repository' : name, architecture: 'all', why };
}
