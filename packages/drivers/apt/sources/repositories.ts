import type { ConfiguredRepository, Gap, Repositories } from '@thimble/protocol';
import { compareKeys } from '../../dpkg-status.ts';
import type { Host } from '../../host.ts';
import { parseAddress, withoutCredentials } from './address.ts';
import { readAptPlaces } from './apt-places.ts';
import { createKeyringReader } from './keyrings.ts';
import { readSources } from './read-sources.ts';
import { aptBoolean, listOf, type SourceEntry } from './source-entry.ts';

/** The repositories that apt is configured with here, and the key files that vouch for them. @throws HostError */
export async function repositories(host: Host): Promise<Repositories> {
  const places = await readAptPlaces(host);
  const { entries, gaps: unread } = await readSources(host, places);
  const gaps: Gap[] = [...unread];
  const reader = createKeyringReader(host, places, gaps);
  const found: ConfiguredRepository[] = [];
  for (const entry of entries) {
    const name = `${entry.file}:${entry.number}`.slice(-512);
    const address = parseAddress(entry.uri);
    if (address === null) {
      gaps.push({ what: name, why: `only this machine can reach ${withoutCredentials(entry.uri).slice(0, 500)}` });
      continue;
    }
    if (address.plain.length > 2_048 || entry.suite.length > 512) {
      gaps.push({ what: name, why: 'its address or suite is too long' });
      continue;
    }
    const { keyrings, fingerprints } = await reader.keysOf(entry.options.get('signed-by'));
    found.push({
      format: 'apt',
      name,
      uris: address.isMirrorList ? [] : [address.plain],
      mirrorList: address.isMirrorList ? address.plain : null,
      suite: withArchitecture(entry.suite, places.architectures),
      components: [...new Set(entry.components)].map((each) => each.slice(0, 512)).slice(0, 64),
      architectures: [...architecturesOf(entry, places.architectures)],
      trust: isUnsigned(entry) ? 'unsigned' : 'keyrings',
      keyrings: [...keyrings],
      fingerprints: [...fingerprints],
    });
  }
  const keyOf = ({ uris, mirrorList, suite, name }: ConfiguredRepository) =>
    `${uris[0] ?? mirrorList ?? ''}\0${suite}\0${name}`;
  found.sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  return { format: 1, repositories: found, keyrings: reader.keyrings(), gaps: gaps.slice(0, 100) };
}

/** `trusted=yes` takes everything; `allow-insecure=yes` takes what has no signature. */
export function isUnsigned({ options }: Pick<SourceEntry, 'options'>): boolean {
  return aptBoolean(options.get('trusted')) === true || aptBoolean(options.get('allow-insecure')) === true;
}

/** sources.list(5) lets `$(ARCH)` stand for the native architecture. */
export function withArchitecture(text: string, [native = '']: readonly string[]): string {
  return text.replaceAll('$(ARCH)', native);
}

function architecturesOf({ options }: SourceEntry, configured: readonly string[]): readonly string[] {
  const named = listOf(options.get('architectures'));
  const removed = new Set(listOf(options.get('architectures-remove')));
  const all = [...(named.length > 0 ? named : configured), ...listOf(options.get('architectures-add'))];
  return [...new Set(all)].filter((each) => !removed.has(each) && /^[a-z0-9_-]{1,32}$/.test(each)).slice(0, 16);
}
