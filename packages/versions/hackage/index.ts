import { compareDigits } from '../digits.ts';
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
  compare: compareNumbers,
};

/** Number by number; a version comes after its own beginning: `1.0` before `1.0.0`. */
function compareNumbers(a: readonly string[], b: readonly string[]): -1 | 0 | 1 {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareDigits(left, right);
    if (order !== 0) return order;
  }
  return a.length < b.length ? -1 : 0;
}
