import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';
import { comparePep440Versions } from './compare.ts';
import { parsePep440Version, type Pep440Version } from './parse.ts';

export const pep440: VersionScheme<Pep440Version> = {
  id: 'pep440',
  name: 'Python packages',
  specification: 'PEP 440 as packaging.version reads it',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: parsePep440Version,
  compare: comparePep440Versions,
};
