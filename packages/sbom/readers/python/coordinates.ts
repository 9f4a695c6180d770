import type { Coordinates } from '../../package-url.ts';

/** PEP 503: runs of `-`, `_` and `.` are one hyphen, letters are small. */
export function pypiCoordinates(name: string, version: string): Coordinates {
  return { type: 'pypi', name: name.toLowerCase().replace(/[-_.]+/g, '-'), version };
}
