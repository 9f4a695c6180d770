import { type RawEntry, SourceFault } from './source-entry.ts';

/** The names of the one-line style's options in the other style, sources.list(5). */
const OPTION_NAMES: ReadonlyMap<string, string> = new Map([
  ['arch', 'architectures'],
  ['arch+', 'architectures-add'],
  ['arch-', 'architectures-remove'],
  ['signed-by', 'signed-by'],
  ['trusted', 'trusted'],
]);

/** `deb [ option=value … ] uri suite component …` */
export function* readOneLine(lines: readonly string[]): Generator<RawEntry | SourceFault> {
  for (const [index, raw] of lines.entries()) {
    const text = withoutComment(raw).trim();
    if (text === '') continue;
    const entry = readEntry(text, index + 1);
    if (entry !== null) yield entry;
  }
}

function readEntry(text: string, line: number): RawEntry | SourceFault | null {
  const [type = ''] = text.split(/\s/, 1);
  if (type === 'deb-src') return null;
  if (type !== 'deb')
    return new SourceFault(
      line,
      'malformed',
      `${JSON.stringify(type.slice(0, 40))} is no type of source: deb or deb-src`,
    );
  let rest = text.slice(type.length).trim();
  const options = new Map<string, string>();
  if (rest.startsWith('[')) {
    const end = rest.indexOf(']');
    if (end === -1 || !/^\s/.test(rest.slice(end + 1)))
      return new SourceFault(line, 'malformed', 'its options do not end with ] and a blank');
    for (const option of rest.slice(1, end).trim().split(/\s+/)) {
      if (option === '') continue;
      const [, name, value] = /^([^=]+)=(.+)$/.exec(option) ?? [];
      if (name === undefined || value === undefined)
        return new SourceFault(line, 'malformed', `${JSON.stringify(option)} is no option: name=value, without blanks`);
      const known = OPTION_NAMES.get(name);
      if (known !== undefined) options.set(known, value);
    }
    rest = rest.slice(end + 1).trim();
  }
  const [uri, suite, ...components] = words(rest);
  if (uri === undefined || suite === undefined)
    return new SourceFault(line, 'malformed', 'it needs an address and a suite: deb ADDRESS SUITE COMPONENT');
  return { line, uri, suite, components, options };
}

/** Words may be quoted; in brackets blanks are part of them (`cdrom:[Debian 12]/`). */
function words(text: string): readonly string[] {
  return (text.match(/(?:\[[^\]]*\]|"[^"]*"|[^\s"[])+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

/** A # begins a comment anywhere but in brackets. */
function withoutComment(line: string): string {
  let depth = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '[') depth = 1;
    else if (line[at] === ']') depth = 0;
    else if (line[at] === '#' && depth === 0) return line.slice(0, at);
  }
  return line;
}
