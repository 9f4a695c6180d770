import { PACKAGES } from './packages.ts';

export const PICTURE_START =
  '<!-- packages: drawn from architecture/packages.ts by `npm run build`; edit that table, not this -->';
export const PICTURE_END = '<!-- /packages -->';

/** The table and the picture of ARCHITECTURE.md, from the one table that the architecture test enforces. */
export function drawPackages(): string {
  const ranks = [...new Set(PACKAGES.map((rule) => rule.rank))].sort((a, b) => b - a);
  const lines = ['```text'];
  for (const rank of ranks) {
    const names = PACKAGES.filter((rule) => rule.rank === rank).map((rule) =>
      rule.pure ? `(${rule.name})` : `[${rule.name}]`,
    );
    lines.push(`  ${rank}   ${names.join('   ')}`);
  }
  lines.push('', '  (pure): no IO, clock, randomness or network     imports go down only', '```', '');
  lines.push('| package | folder | may import | for |', '| --- | --- | --- | --- |');
  for (const rule of PACKAGES) {
    lines.push(
      `| \`${rule.name}\`${rule.pure ? ' (pure)' : ''} | \`${rule.folder}\` | ${rule.imports.join(', ') || '-'} | ${rule.purpose} |`,
    );
  }
  return lines.join('\n');
}

/** The document with its picture drawn anew. @throws Error when the markers are not there. */
export function withPicture(document: string): string {
  const start = document.indexOf(PICTURE_START);
  const end = document.indexOf(PICTURE_END);
  if (start < 0 || end < start)
    throw new Error(`ARCHITECTURE.md lacks the markers "${PICTURE_START}" and "${PICTURE_END}"`);
  return `${document.slice(0, start + PICTURE_START.length)}\n\n${drawPackages()}\n\n${document.slice(end)}`;
}
