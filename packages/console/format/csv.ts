/**
 * RFC 4180. A value that a spreadsheet would take for a formula gets an apostrophe before it: host names and package
 * names come from endpoints, which may be hostile.
 */
export function toCsv(
  header: readonly string[],
  rows: readonly (readonly (string | number | boolean | null)[])[],
): string {
  return [header, ...rows].map((row) => row.map(toField).join(',')).join('\r\n') + '\r\n';
}

function toField(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
