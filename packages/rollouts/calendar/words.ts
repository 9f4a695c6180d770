import { MONTHS, ORDINALS, WEEKDAY_NAMES } from './names.ts';
import { WEEKDAYS, type Weekday } from './recurrence.ts';

/** What is wrong with the words, as a sentence for whoever wrote them. Never leaves `parseWords`. */
export class WordProblem extends Error {}

/** Words, numbers and signs, `the` left out; refuses every other character. */
export function wordsOf(text: string): readonly string[] {
  const strange = /[^\p{L}\p{N}\s,&+–-]/u.exec(text);
  if (strange !== null) throw new WordProblem(`\`${strange[0]}\` has no meaning here`);
  return (text.match(/\p{L}+|\p{N}+\p{L}*|[,&+–-]/gu) ?? []).filter((word) => word.toLowerCase() !== 'the');
}

/** Reads one word after another, whatever their case. */
export class WordReader {
  readonly #words: readonly string[];
  #next = 0;

  constructor(words: readonly string[]) {
    this.#words = words;
  }

  /** The word that is `ahead` further, in lower case; empty: there is none. */
  peek(ahead = 0): string {
    return this.written(ahead).toLowerCase();
  }

  /** The same as it was written. */
  written(ahead = 0): string {
    return this.#words[this.#next + ahead] ?? '';
  }

  /** The next word as a message names it. */
  quoted(): string {
    return this.peek() === '' ? 'the end' : `\`${this.written()}\``;
  }

  /** The next word if it is one of these; null: it is not, and stays. */
  take(...choices: readonly string[]): string | null {
    const word = this.peek();
    if (word === '' || !choices.includes(word)) return null;
    this.#next++;
    return word;
  }

  /** The next word if it means something to `read`. */
  read<Value>(read: (word: string) => Value | null): Value | null {
    const value = read(this.peek());
    if (value !== null) this.#next++;
    return value;
  }
}

/** Skips `,`, `and` and `&`; whether there were any. */
export function separated(reader: WordReader): boolean {
  let found = false;
  while (reader.take(',', '&', 'and') !== null) found = true;
  return found;
}

/** `Monday`, `Mondays`, `Mon`, `Tues`, `Thur`. */
export function weekday(word: string): Weekday | null {
  return (
    WEEKDAYS.find((day) => abbreviates(word.replace(/s$/, ''), WEEKDAY_NAMES[day]) || (word === 'tues' && day === 1)) ??
    null
  );
}

/** 1 to 12: `January`, `Jan`, `Sept`. */
export function month(word: string): number | null {
  const index = MONTHS.findIndex((name) => abbreviates(word, name));
  return index < 0 ? null : index + 1;
}

/** `first` to `fifth`, `last` as -1. */
export function ordinalWord(word: string): number | null {
  if (word === 'last') return -1;
  const index = ORDINALS.findIndex((name) => name === word);
  return index < 0 ? null : index + 1;
}

/** `1st` to `31st`. */
export function ordinalNumber(word: string): number | null {
  const match = /^([0-9]{1,2})(st|nd|rd|th)$/.exec(word);
  const value = Number(match?.[1]);
  return match !== null && value >= 1 && value <= 31 ? value : null;
}

/** `3`, `three`. */
export function count(word: string): number | null {
  if (/^[0-9]{1,4}$/.test(word)) return Number(word);
  const index = ['one', 'two', 'three', 'four', 'five', 'six'].indexOf(word);
  return index < 0 ? null : index + 1;
}

/** At least three letters, so that none is short for two names. */
function abbreviates(word: string, name: string): boolean {
  return word.length >= 3 && name.toLowerCase().startsWith(word);
}
