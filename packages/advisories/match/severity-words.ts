/** The publisher's word that weighs most, as written; null: none is stated. */
export function heaviestSeverity(words: readonly (string | null)[]): string | null {
  let best: string | null = null;
  for (const word of words) if (word !== null && (best === null || weigh(word) > weigh(best))) best = word;
  return best;
}

/** The words of Red Hat, Debian, Ubuntu, SUSE, GitHub and Microsoft on one scale; null: a word that nobody defined. */
export function severityLevelOf(word: string): 'critical' | 'high' | 'medium' | 'low' | 'none' | null {
  return LEVELS.get(word.trim().toLowerCase()) ?? null;
}

const LEVELS: ReadonlyMap<string, 'critical' | 'high' | 'medium' | 'low' | 'none'> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['important', 'high'],
  ['medium', 'medium'],
  ['moderate', 'medium'],
  ['low', 'low'],
  ['minor', 'low'],
  ['unimportant', 'low'],
  ['negligible', 'low'],
  ['none', 'none'],
]);

const WEIGHTS = { critical: 5, high: 4, medium: 3, low: 2, none: 1 } as const;

function weigh(word: string): number {
  const level = severityLevelOf(word);
  return level === null ? 0 : WEIGHTS[level];
}
