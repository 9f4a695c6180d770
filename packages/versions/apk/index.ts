import type { VersionScheme } from '../scheme.ts';
import { compareApkVersions } from './compare.ts';
import { parseApkVersion, type ApkVersion } from './parse.ts';

export const apk: VersionScheme<ApkVersion> = {
  id: 'apk',
  name: 'Alpine packages',
  specification: 'apk-package(5), apk_version_compare of apk-tools 3',
  limitCharacters: 65_536,
  parse: parseApkVersion,
  compare: compareApkVersions,
};
