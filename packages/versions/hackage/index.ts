import { compareComponents } from '../component-order.ts';
import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';

/** Cabal takes at most nine digits and no leading zeros (Distribution.Types.Version); its old `-tags` have no order. */
const SHAPE = /^(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8}))*$/;

export const hackage: VersionScheme<readonly string[]> = {
  id: 'hackage',
  name: 'Haskell packages',
  specification: 'Haskell Package Versioning Policy; Cabal, Distribution.Version',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse: (text) => (SHAPE.test(text) ? text.split('.') : null),
  compare: compareComponents,
};
