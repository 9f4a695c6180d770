import { PackageURL } from 'packageurl-js';
import type { Component } from './component.ts';

export interface Coordinates {
  /** A purl type: `npm`, `pypi`, `golang`, `deb`, … */
  readonly type: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version: string;
  readonly qualifiers?: Readonly<Record<string, string>> | undefined;
}

/** The canonical package URL; null when the parts can't make one. */
export function packageUrl({ type, namespace, name, version, qualifiers }: Coordinates): string | null {
  try {
    const purl = new PackageURL(type, namespace, name, version === '' ? undefined : version, qualifiers, undefined);
    const text = purl.toString();
    return text.length <= 1024 ? text : null;
  } catch {
    return null;
  }
}

/** The coordinates that a package URL states; null: it is none. */
export function parsePackageUrl(text: string): Coordinates | null {
  try {
    const { type, namespace, name, version, qualifiers } = PackageURL.fromString(text);
    if (type === undefined || type === '' || name === undefined || name === '') return null;
    return {
      type,
      name,
      version: version ?? '',
      ...(namespace ? { namespace } : {}),
      ...(qualifiers ? { qualifiers: { ...qualifiers } as Record<string, string> } : {}),
    };
  } catch {
    return null;
  }
}

/** A component of the coordinates; null when they can't be written as a package URL. */
export function componentAt(
  path: string,
  coordinates: Coordinates,
  licences: readonly string[] = [],
): Component | null {
  const purl = packageUrl(coordinates);
  if (purl === null) return null;
  const { namespace, name, version } = coordinates;
  const separator = coordinates.type === 'maven' ? ':' : '/';
  return {
    purl,
    name: (namespace === undefined ? name : `${namespace}${separator}${name}`).slice(0, 512),
    version: version.slice(0, 1024),
    locations: [path.slice(0, 4096)],
    licences: licences.map((each) => each.slice(0, 512)).slice(0, 32),
  };
}
