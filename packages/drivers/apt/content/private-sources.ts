import { aptBoolean, type SourceEntry } from '../sources/source-entry.ts';
import type { MatchedEntry } from './matching.ts';

/**
 * Options that say whose signature counts and what is taken. Those that would do without a signature, or lead elsewhere
 * (`Snapshot`, `InRelease-Path`), are not among them.
 */
const CARRIED = [
  'signed-by',
  'architectures',
  'architectures-add',
  'architectures-remove',
  'include',
  'exclude',
  'by-hash',
] as const;

/** The endpoint's own entries with the gateway's address in the place of theirs, as a deb822 file for apt. */
export function privateSources(matched: readonly MatchedEntry[], baseUrlOf: (entry: SourceEntry) => string): string {
  return matched
    .map(({ entry, repository, components }) => {
      const lines = [
        'Types: deb',
        `URIs: ${revisionUrl(baseUrlOf(entry), repository.revisionId)}`,
        `Suites: ${entry.suite}`,
        ...(components.length === 0 ? [] : [`Components: ${components.join(' ')}`]),
        ...CARRIED.flatMap((name) => optionLines(name, entry.options.get(name))),
        // Who distrusts a repository goes on doing so.
        ...(aptBoolean(entry.options.get('trusted')) === false ? ['Trusted: no'] : []),
      ];
      return `${lines.join('\n')}\n`;
    })
    .join('\n');
}

export function revisionUrl(baseUrl: string, revisionId: string): string {
  return `${baseUrl}/revisions/${revisionId}`;
}

function optionLines(name: string, value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const [first = '', ...rest] = value.split('\n');
  return [`${name}: ${first}`, ...rest.map((line) => ` ${line}`)];
}
