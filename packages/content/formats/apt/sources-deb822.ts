import { type RawEntry, SourceFault } from './source-entry.ts';

interface Field {
  readonly line: number;
  /** Continuation lines without their blank, a lone dot for an empty one. */
  readonly lines: string[];
}

/** apt's words for no (StringToBool); anything else leaves an entry switched on. */
const NO = /^(no|false|without|off|disable|0)$/i;

/** Paragraphs of `Types`, `URIs`, `Suites`, `Components` …, deb822(5): an entry for each address and suite. */
export function* readDeb822(lines: readonly string[]): Generator<RawEntry | SourceFault> {
  let fields = new Map<string, Field>();
  let start = 0;
  let current: Field | null = null;
  for (const [index, text] of [...lines, ''].entries()) {
    const line = index + 1;
    if (text.startsWith('#')) continue;
    if (text === '') {
      if (fields.size > 0) yield* entriesOf(fields, start);
      fields = new Map();
      current = null;
      continue;
    }
    if (fields.size === 0) start = line;
    if (/^[ \t]/.test(text)) {
      if (current === null)
        yield new SourceFault(line, 'malformed', 'a line that begins with a blank continues nothing');
      else current.lines.push(text.trim().replace(/^\.$/, ''));
      continue;
    }
    const [, name, value] = /^([^\s:]+)\s*:(.*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      yield new SourceFault(line, 'malformed', `${JSON.stringify(text.slice(0, 60))} is no field: Name: value`);
      continue;
    }
    if (fields.has(name.toLowerCase()))
      yield new SourceFault(line, 'malformed', `the field ${name} is there twice, of which apt takes the last one`);
    current = { line, lines: [value.trim()] };
    fields.set(name.toLowerCase(), current);
  }
}

function* entriesOf(fields: ReadonlyMap<string, Field>, start: number): Generator<RawEntry | SourceFault> {
  const value = (name: string): string => fields.get(name)?.lines.join('\n').trim() ?? '';
  if (NO.test(value('enabled'))) return;
  const types = wordsOf(value('types'));
  const strange = types.find((type) => type !== 'deb' && type !== 'deb-src');
  if (types.length === 0 || strange !== undefined) {
    const line = fields.get('types')?.line ?? start;
    yield new SourceFault(line, 'malformed', `Types is ${JSON.stringify(strange ?? '')}: it needs deb or deb-src`);
    return;
  }
  if (!types.includes('deb')) return;
  const uris = wordsOf(value('uris'));
  const suites = wordsOf(value('suites'));
  if (uris.length === 0) yield new SourceFault(start, 'malformed', 'it has no URIs');
  if (suites.length === 0) yield new SourceFault(start, 'malformed', 'it has no Suites');
  const options = new Map([...fields.keys()].map((name) => [name, value(name)]));
  const components = wordsOf(value('components'));
  for (const uri of uris) for (const suite of suites) yield { line: start, uri, suite, components, options };
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
