/** One repository as a sources file names it, sources.list(5): a pair of URI and suite. Text is latin1. */
export interface SourceEntry {
  readonly file: string;
  /** Of the line, or of the stanza among those that say something; from 1. */
  readonly number: number;
  /** As written, perhaps with credentials. */
  readonly uri: string;
  /** Suite or codename, or a path that ends in a slash: then there are no components. */
  readonly suite: string;
  readonly components: readonly string[];
  /** By deb822's names in lower case: `signed-by`, `architectures`, `trusted` … */
  readonly options: ReadonlyMap<string, string>;
}

/** What can't be read is named, and is never taken for nothing. */
export interface ParsedSources {
  readonly entries: readonly SourceEntry[];
  readonly faults: readonly { readonly number: number; readonly why: string }[];
}

/** apt's words for yes and no (StringToBool); null: neither. */
export function aptBoolean(text: string | undefined): boolean | null {
  if (text === undefined) return null;
  if (/^(yes|true|with|on|enable|1)$/i.test(text)) return true;
  return /^(no|false|without|off|disable|0)$/i.test(text) ? false : null;
}

/** Lists in options are separated by commas in the one-line form, by blanks (and lines) in deb822. */
export function listOf(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[\s,]+/).filter((word) => word !== '');
}
