import { compareDigits } from '../digits.ts';
import { compareNumberLists } from '../number-lists.ts';
import { REGISTRY_LIMIT_CHARACTERS } from '../registry-length-limit.ts';
import type { VersionScheme } from '../scheme.ts';

/** R keeps the numbers in integers and makes NA of greater ones. */
const NUMBER_MAX = '2147483647';
const SHAPE = /^[0-9]+(?:[.-][0-9]+)*$/;

/**
 * `1.2-3` is `1.2.3`, and `1.0` is `1`: so say the operators of package_version, with which R decides what is outdated and
 * which requirement holds; only utils::compareVersion puts `1` first. One number alone is a `numeric_version`, if not a `package_version`, and is accepted.
 */
export const cran: VersionScheme<readonly string[]> = {
  id: 'cran',
  name: 'R packages',
  specification: 'R, numeric_version and package_version',
  limitCharacters: REGISTRY_LIMIT_CHARACTERS,
  parse(text) {
    if (!SHAPE.test(text)) return null;
    const numbers = text.split(/[.-]/);
    return numbers.some((number) => compareDigits(number, NUMBER_MAX) > 0) ? null : numbers;
  },
  compare: compareNumberLists,
};
