const START = (name: string): string => `<!-- ${name}: made from the code by \`npm run build\`; do not edit -->`;
const END = (name: string): string => `<!-- /${name} -->`;

/** A document with the part of this name written anew. @throws Error when its markers are not there, or not in order. */
export function betweenMarkers(document: string, name: string, text: string): string {
  const start = document.indexOf(START(name));
  const end = document.indexOf(END(name));
  if (start < 0 || end < start) throw new Error(`the markers "${START(name)}" and "${END(name)}" are missing`);
  return `${document.slice(0, start + START(name).length)}\n\n${text}\n\n${document.slice(end)}`;
}

/** A table of GitHub's Markdown; what would end a cell is escaped. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
