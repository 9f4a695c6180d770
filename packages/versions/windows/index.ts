import type { VersionScheme } from '../scheme.ts';
import { compareWindowsVersions } from './compare.ts';
import { parseWindowsVersion, type WindowsVersion } from './parse.ts';

export const windows: VersionScheme<WindowsVersion> = {
  id: 'windows',
  name: 'Windows builds and file versions',
  specification: 'VERSIONINFO resource (FILEVERSION)',
  parse: parseWindowsVersion,
  compare: compareWindowsVersions,
};
