import { type OperatingSystem, type Software, softwareOfPackage, softwareOfPurl } from '@thimble/advisories';
import type { Gap } from '@thimble/protocol';
import type { Seen } from './look/seen.ts';

export interface SeenSoftware {
  readonly software: Software;
  readonly locations: readonly string[];
}

/** Everything seen, as what advisories are held against; what can't be is a gap. */
export function softwareOfSeen(seen: Seen): {
  readonly software: readonly SeenSoftware[];
  readonly gaps: readonly Gap[];
} {
  const software: SeenSoftware[] = [];
  const gaps: Gap[] = [...seen.gaps];
  const os: OperatingSystem = seen.os ?? { id: '', idLike: [], versionId: '', codename: '' };
  for (const { name, version, architecture, source, origin, vendor, module } of seen.packages) {
    const facts = { name, version, architecture, origin, vendor, module };
    const stated = { source: source?.name ?? null, sourceVersion: source?.version ?? null };
    software.push({ software: softwareOfPackage({ ...facts, ...stated }, os), locations: [] });
  }
  for (const { purl, name, locations } of seen.components) {
    const found = softwareOfPurl(purl);
    if ('gap' in found) gaps.push({ what: name.slice(0, 512), why: found.gap });
    else software.push({ software: found, locations });
  }
  return { software, gaps };
}
