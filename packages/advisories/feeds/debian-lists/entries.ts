import { textLines } from '../../feed/lines.ts';

/** One advisory of the list: its headline and the indented lines below it. */
export interface ListEntry {
  readonly headline: Headline;
  readonly lines: readonly string[];
  /** As received: what provenance is computed from. */
  readonly text: string;
}

export interface Headline {
  readonly date: string;
  /** `DSA-5555-1`; the oldest ones have no revision: `DSA-135`. */
  readonly name: string;
  /** `source - title`, or a title alone. */
  readonly rest: string;
}

export type ListPiece =
  | { readonly kind: 'entry'; readonly entry: ListEntry }
  | { readonly kind: 'fault'; readonly record: string; readonly reason: string };

/** The longest real line, the CVE list of a kernel update, has some 10,000 bytes. */
const LINE_LIMIT_BYTES = 1024 * 1024;
const LIMIT_LINES = 2_000_000;
/** The longest real entry has some 30 lines. */
const ENTRY_LIMIT_LINES = 2_000;
/** Headlines that are none are told one by one up to this many, so that random text yields no million of faults. */
const LIMIT_STRAY_LINES = 100;

const HEADLINE = /^\[(\d{1,2} [A-Za-z]{3} \d{4})\] (D[SL]A-\d{1,6}(?:-\d{1,4})?)(?:\s+(.*))?$/;

/** Splits a list into entries. An entry begins at the start of a line; what belongs to it is indented. */
export async function* listEntries(chunks: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<ListPiece> {
  const limits = { what, lineLimitBytes: LINE_LIMIT_BYTES, limitLines: LIMIT_LINES, complete: true };
  let current: { headline: Headline; lines: string[]; text: string } | null = null;
  let strays = 0;
  let skipping = false;
  for await (const { number, text } of textLines(chunks, limits)) {
    if (text.trim() === '') continue;
    if (/^\s/.test(text) && (current !== null || skipping)) {
      if (current === null) continue;
      if (current.lines.length >= ENTRY_LIMIT_LINES) {
        yield fault(current.headline.name, `has more than ${ENTRY_LIMIT_LINES} lines`);
        current = null;
        skipping = true;
        continue;
      }
      current.lines.push(text.trim());
      current.text += `${text}\n`;
      continue;
    }
    if (current !== null) yield { kind: 'entry', entry: current };
    const headline = parseHeadline(text);
    skipping = headline === null;
    current = headline === null ? null : { headline, lines: [], text: `${text}\n` };
    if (headline === null) {
      strays += 1;
      if (strays <= LIMIT_STRAY_LINES)
        yield fault(`line ${number}`, `is no headline of an advisory: ${text.slice(0, 80)}`);
    }
  }
  if (current !== null) yield { kind: 'entry', entry: current };
  if (strays > LIMIT_STRAY_LINES) yield fault(what, `${strays - LIMIT_STRAY_LINES} further lines are no headlines`);
}

function parseHeadline(text: string): Headline | null {
  const match = HEADLINE.exec(text);
  if (match === null) return null;
  const [, date = '', name = '', rest = ''] = match;
  return { date, name, rest: rest.trim() };
}

function fault(record: string, reason: string): ListPiece {
  return { kind: 'fault', record, reason };
}
