import type { ParsedSources, SourceEntry } from './source-entry.ts';

/** `deb [ option=value … ] uri suite [component …]`, sources.list(5). Only `deb`: sources of packages install nothing. */
export function parseOneLine(text: string, file: string): ParsedSources {
  const entries: SourceEntry[] = [];
  const faults: { number: number; why: string }[] = [];
  for (const [index, written] of text.split('\n').entries()) {
    const number = index + 1;
    const words = wordsOf(withoutComment(written));
    if (words === null) {
      faults.push({ number, why: 'a quotation mark or a bracket is not closed' });
      continue;
    }
    const [type, ...rest] = words;
    if (type === undefined || type === 'deb-src') continue;
    if (type !== 'deb') {
      faults.push({ number, why: `sources of the type ${JSON.stringify(type.slice(0, 40))} are not known` });
      continue;
    }
    const options = rest[0]?.startsWith('[') === true ? parseOptions(rest.shift() ?? '') : new Map<string, string>();
    const [uri, suite, ...components] = rest;
    const flat = suite?.endsWith('/') === true;
    if (uri === undefined || suite === undefined) faults.push({ number, why: 'it lacks an address or a suite' });
    else if (options === null) faults.push({ number, why: 'its options can not be read' });
    else if (flat ? components.length > 0 : components.length === 0)
      faults.push({ number, why: flat ? 'a path as suite takes no components' : 'it lacks components' });
    else entries.push({ file, number, uri, suite, components, options });
  }
  return { entries, faults };
}

/** A `#` inside brackets is none. */
function withoutComment(line: string): string {
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '#') return line.slice(0, at);
    const end = line[at] === '[' ? line.indexOf(']', at) : -1;
    if (end !== -1) at = end;
  }
  return line;
}

/** Blanks separate, except inside quotation marks and brackets (ParseQuoteWord of apt). null: one is not closed. */
function wordsOf(line: string): string[] | null {
  const words: string[] = [];
  let word = '';
  let closing = '';
  for (const sign of line.replaceAll('\t', ' ').replaceAll('\r', ' ')) {
    if (closing !== '') {
      if (sign === closing) closing = '';
      if (sign !== '"') word += sign;
    } else if (sign === ' ') {
      if (word !== '') words.push(word);
      word = '';
    } else {
      if (sign === '"') closing = '"';
      if (sign === '[') closing = ']';
      if (sign !== '"') word += sign;
    }
  }
  if (closing !== '') return null;
  if (word !== '') words.push(word);
  return words;
}

/** The one-line form's own names of options. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['arch', 'architectures'],
  ['lang', 'languages'],
  ['target', 'targets'],
]);

function parseOptions(bracketed: string): ReadonlyMap<string, string> | null {
  const options = new Map<string, string>();
  for (const word of bracketed.slice(1, -1).split(/\s+/)) {
    if (word === '') continue;
    const [, key = '', sign = '', value = ''] = /^([A-Za-z-]+?)([+-]?)=(.*)$/.exec(word) ?? [];
    if (key === '') return null;
    const name = NAMES.get(key.toLowerCase()) ?? key.toLowerCase();
    options.set(name + (sign === '' ? '' : sign === '+' ? '-add' : '-remove'), value);
  }
  return options;
}
