export type MavenItem =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'qualifier'; readonly rank: number; readonly word: string }
  | { readonly kind: 'list'; readonly items: MavenItems };

export interface MavenVersion {
  readonly items: MavenItems;
}

/**
 * The rest of a list of items from one place on; null: nothing follows. `sign` is its place beside nothing: `1-rc` is
 * before `1` (-1), `1-1` and `1.foo` after it (1). Nothing but null has no sign, see `normalised`.
 */
export type MavenItems = { readonly head: MavenItem; readonly rest: MavenItems; readonly sign: -1 | 1 } | null;

/** ComparableVersion.StringItem: known words in their order, all others after them. */
const QUALIFIERS = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
export const RELEASE_RANK = QUALIFIERS.indexOf('');
const ALIASES = new Map([
  ['ga', ''],
  ['final', ''],
  ['release', ''],
  ['cr', 'rc'],
]);
const BEFORE_DIGIT = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);

/** ASCII without blanks and without what cannot stand in a file's name or a range. */
const SHAPE = /^[!#$%&'+.0-9;=@A-Z^_`a-z~-]+$/;
const ANYTHING = /[0-9A-Za-z]/;

/**
 * ComparableVersion takes any text; this takes what can be the version of an artifact. The letters' case has no weight. A
 * hyphen, and every change between letters and digits, opens a list inside the list.
 */
export function parseMavenVersion(text: string): MavenVersion | null {
  if (!SHAPE.test(text) || !ANYTHING.test(text)) return null;
  const lists: MavenItem[][] = [[]];
  const add = (item: MavenItem) => lists.at(-1)?.push(item);
  let pending = '';
  const flush = (before: 'separator' | 'digit' | 'letter' | 'end') => {
    if (pending === '') return;
    // A word at the end or before a digit is behind a dot what it is behind a hyphen: 1.rc1 is 1-rc1.
    const opensList = (before === 'digit' || before === 'end') && !DIGIT.test(pending);
    if (opensList && lists.at(-1)?.length !== 0) lists.push([]);
    add(itemOf(pending, before === 'digit'));
    pending = '';
  };
  for (const char of text.toLowerCase()) {
    const isDigit = DIGIT.test(char);
    if (char === '.' || char === '-') {
      if (pending === '') add({ kind: 'number', digits: '0' });
      flush('separator');
      if (char === '-') lists.push([]);
      continue;
    }
    if (pending !== '' && DIGIT.test(pending) !== isDigit) {
      flush(isDigit ? 'digit' : 'letter');
      lists.push([]);
    }
    pending += char;
  }
  flush('end');
  return { items: nested(lists) };
}

const DIGIT = /^[0-9]/;

function itemOf(text: string, followedByDigit: boolean): MavenItem {
  if (DIGIT.test(text)) return { kind: 'number', digits: text };
  const full = (followedByDigit ? BEFORE_DIGIT.get(text) : undefined) ?? text;
  const word = ALIASES.get(full) ?? full;
  const known = QUALIFIERS.indexOf(word);
  return { kind: 'qualifier', rank: known === -1 ? QUALIFIERS.length : known, word };
}

/** Each list is the last item of the one before it. */
function nested(lists: readonly MavenItem[][]): MavenItems {
  let inner: MavenItems = null;
  for (const [index, items] of [...lists.entries()].reverse()) {
    const isLast = index === lists.length - 1;
    inner = normalised(isLast ? items : [...items, { kind: 'list', items: inner }]);
  }
  return inner;
}

/**
 * Drops zeros, release words and empty lists from the end, also those before a list that stays: `1.0-rc` is `1-rc`. What
 * is left of a list ends in an item that weighs something, so that every rest has a sign.
 */
function normalised(items: readonly MavenItem[]): MavenItems {
  const kept: MavenItem[] = [];
  let settled = false;
  for (const item of [...items].reverse()) {
    if (!settled && isNothing(item)) continue;
    if (item.kind !== 'list') settled = true;
    kept.push(item);
  }
  return kept.reduce<MavenItems>((rest, head) => ({ head, rest, sign: signOf(head) ?? rest?.sign ?? 1 }), null);
}

function isNothing(item: MavenItem): boolean {
  return signOf(item) === null;
}

function signOf(item: MavenItem): -1 | 1 | null {
  switch (item.kind) {
    case 'number':
      return /^0*$/.test(item.digits) ? null : 1;
    case 'qualifier':
      return item.rank === RELEASE_RANK ? null : item.rank < RELEASE_RANK ? -1 : 1;
    case 'list':
      return item.items?.sign ?? null;
  }
}
