import type { Random } from './random.ts';

/** How the versions of one scheme look, the sound and the unsound. */
export interface Grammar {
  /** A version as a maintainer would write it. */
  realistic(random: Random): string;
  /** The signs that have a meaning, from which texts near the border of the grammar are mixed. */
  readonly alphabet: string;
  /** What maintainers put behind a version, or between its parts. */
  readonly affixes: readonly [string, ...string[]];
  /** What comes before a version: epochs, sound and unsound. */
  readonly prefixes: readonly [string, ...string[]];
  /** Texts that are no versions, or only just. No tab, line feed or NUL, which the tools can't be handed. */
  readonly strange: readonly [string, ...string[]];
}
