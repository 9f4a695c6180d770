/**
 * Text of a remote machine made safe to print: control characters could move the cursor, change colours or the
 * terminal's title, so each becomes a question mark.
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** Our own colours (ECMA-48 SGR): nothing else with a control character is ever printed. */
const STYLES = /\p{Cc}\[\d+m/gu;

/** Columns that a text takes, our own colour codes not counted. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replaceAll(STYLES, '')) width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

/** Cut to a width, the last column an ellipsis. Colours are lost when something is cut. */
export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text.replaceAll(STYLES, '')) {
    used += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
    if (used > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Words broken into lines of at most `width` columns, each after `indent`. A longer word gets a line of its own. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && displayWidth(indent) + displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(indent + line);
  return lines.join('\n');
}

/** East Asian wide characters and emoji, roughly (UAX #11); hostnames and package names are ASCII anyway. */
function isWide(codePoint: number): boolean {
  return (
    (codePoint >= 0x1100 && codePoint <= 0x115f) ||
    (codePoint >= 0x2e80 && codePoint <= 0xa4cf) ||
    (codePoint >= 0xac00 && codePoint <= 0xd7a3) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0xff00 && codePoint <= 0xff60) ||
    (codePoint >= 0x1f300 && codePoint <= 0x1faff)
  );
}
