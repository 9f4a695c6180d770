import { type Software, purlOf, softwareOfPackage, softwareOfPurl } from '@thimble/advisories';
import type { InstalledPackage, Manifest, ManifestComponent } from '@thimble/protocol';

/** Software as it is stored: with its package URL, by which gaps name it. */
export interface PlacedSoftware {
  readonly software: Software;
  readonly purl: string;
}

/** Software that no namespace can be named for is kept under this one, so that it shows as a gap. */
export const UNKNOWN_NAMESPACE = 'unknown';

export function softwareOfInstalled(
  entry: Pick<InstalledPackage, 'name' | 'version' | 'architecture' | 'source' | 'sourceVersion' | 'origin'>,
  { id, versionId, codename }: Manifest['distribution'],
): PlacedSoftware {
  const software = softwareOfPackage(entry, { id, idLike: [], versionId, codename });
  return { software, purl: purlOf(software) ?? '' };
}

export function softwareOfComponent({ purl }: Pick<ManifestComponent, 'purl'>): PlacedSoftware {
  const software = softwareOfPurl(purl);
  return { software: 'gap' in software ? unknownSoftware(purl) : software, purl };
}

function unknownSoftware(purl: string): Software {
  return {
    namespace: UNKNOWN_NAMESPACE,
    name: purl.slice(0, 512),
    version: '-',
    scheme: 'generic',
    architecture: null,
    source: null,
    origin: 'unstated',
    originName: null,
    module: null,
    channel: null,
  };
}
