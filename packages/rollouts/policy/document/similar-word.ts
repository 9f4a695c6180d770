/** Longer words are no misspelt keys. */
const MAX_CHARACTERS = 64;

/** The one of these words that somebody meant who wrote `word`; null: none is near enough. */
export function similarWord(word: string, words: readonly string[]): string | null {
  if (word.length > MAX_CHARACTERS) return null;
  const given = plain(word);
  const near = words
    .map((each) => ({ each, distance: distanceBetween(given, plain(each)) }))
    // A third of the word may be wrong; of three letters, one.
    .filter(({ each, distance }) => distance <= Math.max(1, Math.floor(Math.min(each.length, word.length) / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.each ?? null;
}

/** `Soak_Time` and `soak-time` are the same to whoever writes from memory. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment, Damerau 1964). */
function distanceBetween(from: string, to: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          (previous[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (previous[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (before[column - 2] ?? 0) + 1 : Infinity,
        ),
      );
    }
    before = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}
