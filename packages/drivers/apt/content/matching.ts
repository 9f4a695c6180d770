import type { ContentRepository, ContentSource } from '@thimble/protocol';
import { comparableAddress, parseAddress } from '../sources/address.ts';
import type { SourceEntry } from '../sources/source-entry.ts';
import { withArchitecture } from '../sources/repositories.ts';

/** An entry of the endpoint's own that stands for a repository of the snapshot. */
export interface MatchedEntry {
  readonly entry: SourceEntry;
  readonly repository: ContentRepository;
  /** Those of the entry that the snapshot has. */
  readonly components: readonly string[];
}

export interface Matching {
  readonly matched: readonly MatchedEntry[];
  /** Entries, or components of them, that are no part of the snapshot. */
  readonly outside: readonly { readonly entry: SourceEntry; readonly components: readonly string[] }[];
}

/** Which of an endpoint's own entries a snapshot stands for: the same place, the same suite, components in common. */
export function matchEntries(
  entries: readonly SourceEntry[],
  source: ContentSource,
  architectures: readonly string[],
): Matching {
  const matched: MatchedEntry[] = [];
  const outside: { entry: SourceEntry; components: readonly string[] }[] = [];
  for (const entry of entries) {
    const address = parseAddress(entry.uri);
    const suite = comparableSuite(withArchitecture(entry.suite, architectures));
    const repository =
      address === null
        ? undefined
        : source.repositories.find(
            (each) =>
              each.format === 'apt' &&
              comparableSuite(each.suite) === suite &&
              each.uris.some((uri) => isSamePlace(uri, address.plain)),
          );
    const components = repository === undefined ? [] : common(entry.components, repository.components);
    const flat = entry.components.length === 0;
    if (repository === undefined || (components.length === 0 && !flat)) {
      outside.push({ entry, components: entry.components });
      continue;
    }
    matched.push({ entry, repository, components });
    const rest = entry.components.filter((each) => !components.includes(each));
    if (rest.length > 0) outside.push({ entry, components: rest });
  }
  return { matched, outside };
}

function isSamePlace(uri: string, plain: string): boolean {
  return comparableAddress(parseAddress(uri)?.plain ?? uri) === comparableAddress(plain);
}

/** A path may be written `./` or `/`, with or without a slash before it. */
function comparableSuite(suite: string): string {
  return suite.endsWith('/') ? `/${suite.replace(/^(?:\.?\/)+/, '')}` : suite;
}

function common(ours: readonly string[], theirs: readonly string[]): readonly string[] {
  return ours.filter((each) => theirs.includes(each));
}
