import type { Coordinates } from '../../package-url.ts';

/** `@scope/name` is a namespace and a name in a package URL. */
export function npmCoordinates(fullName: string, version: string): Coordinates {
  const slash = fullName.startsWith('@') ? fullName.indexOf('/') : -1;
  if (slash < 0) return { type: 'npm', name: fullName, version };
  return { type: 'npm', namespace: fullName.slice(0, slash), name: fullName.slice(slash + 1), version };
}
