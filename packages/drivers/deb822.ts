/**
 * Control data, deb822(5). Texts are decoded as latin1: one byte is one code unit, which is fast and loses nothing;
 * the few fields that may hold UTF-8 go through `utf8`.
 */
export function* stanzas(text: string): Generator<string> {
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('\n\n', start);
    if (end === -1) end = text.length;
    if (end > start) yield text.slice(start, end);
    start = end + 1;
    while (text.charCodeAt(start) === 10) start += 1;
  }
}

/** The first line of a field; null when the stanza has no such field. */
export function field(stanza: string, name: string): string | null {
  const key = `${name}:`;
  let at = 0;
  if (!stanza.startsWith(key)) {
    const found = stanza.indexOf(`\n${key}`);
    if (found === -1) return null;
    at = found + 1;
  }
  const end = stanza.indexOf('\n', at);
  return stanza.slice(at + key.length, end === -1 ? undefined : end).trim();
}

/** The continuation lines of a field, without their leading blank. */
export function continuationLines(stanza: string, name: string): readonly string[] {
  const at = stanza.startsWith(`${name}:`) ? 0 : stanza.indexOf(`\n${name}:`) + 1;
  if (at === 0 && !stanza.startsWith(`${name}:`)) return [];
  const lines = stanza.slice(at).split('\n').slice(1);
  const end = lines.findIndex((line) => !line.startsWith(' ') && !line.startsWith('\t'));
  return (end === -1 ? lines : lines.slice(0, end)).map((line) => line.slice(1));
}

export function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

/** `Source: name (version)`; without it the source is the package itself, deb-src-control(5). */
export function sourceOf(stanza: string, name: string, version: string): { source: string; sourceVersion: string } {
  const value = field(stanza, 'Source');
  if (value === null) return { source: name, sourceVersion: version };
  const blank = value.indexOf(' (');
  if (blank === -1 || !value.endsWith(')')) return { source: value, sourceVersion: version };
  return { source: value.slice(0, blank), sourceVersion: value.slice(blank + 2, -1) };
}
