/** Keys and indexes from the document's root: `['rings', 1, 'soak']`. */
export type Path = readonly (string | number)[];

/** What is wrong with a document, or doubtful, and where; line and column come later, from its text. */
export interface Finding {
  readonly weight: 'error' | 'warning';
  readonly path: Path;
  /** Which end of `path` is meant: the key itself, or what it holds. */
  readonly of: 'key' | 'value';
  readonly message: string;
  /** What helps besides; null: the message says all. */
  readonly hint: string | null;
}

export function problemAt(path: Path, message: string, hint: string | null = null): Finding {
  return { weight: 'error', path, of: 'value', message, hint };
}

export function warningAt(path: Path, message: string, hint: string | null = null): Finding {
  return { weight: 'warning', path, of: 'value', message, hint };
}

/** `rings[1].soak`, `scope.labels["odd key"]`; empty: the whole document. */
export function pathInWords(path: Path): string {
  return path.reduce<string>((words, part) => {
    if (typeof part === 'number') return `${words}[${part}]`;
    if (!/^[\w/.-]{1,64}$/.test(part)) return `${words}[${shown(part)}]`;
    return words === '' ? part : `${words}.${part}`;
  }, '');
}

/** Longer values are no help to a reader, and hostile ones have no end. */
const SHOWN_CHARACTERS = 60;

/** A value as it was written, on one line: `"6 hours"`, `150`, `a list`. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a group of keys';
  const text = JSON.stringify(value) ?? String(value);
  // Half a character at the cut would make the message itself unstorable.
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS).toWellFormed()}…`;
}
