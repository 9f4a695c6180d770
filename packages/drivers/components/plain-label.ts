const LABEL_MAX = 512;

/** Foreign text as one line that everybody can store and show: no control characters, no halves of letters, bounded. */
export function plainLabel(text: string): string {
  return text
    .slice(0, LABEL_MAX)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}
