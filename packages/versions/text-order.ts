/** By UTF-16 code units, which for ASCII is the byte order that the native tools use; never a locale's. */
export function compareText(a: string, b: string): -1 | 0 | 1 {
  return a === b ? 0 : a < b ? -1 : 1;
}
