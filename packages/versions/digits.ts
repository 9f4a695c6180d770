/**
 * The order of two runs of ASCII digits as numbers of any length, leading zeros ignored; an empty run is 0.
 * As text, because dates with times, and hostile versions, exceed what a JavaScript number holds exactly.
 */
export function compareDigits(a: string, b: string): -1 | 0 | 1 {
  const left = withoutLeadingZeros(a);
  const right = withoutLeadingZeros(b);
  if (left.length !== right.length) return left.length < right.length ? -1 : 1;
  return left === right ? 0 : left < right ? -1 : 1;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** ASCII only, as in the C locale of the native tools. */
export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** The index behind the digits that begin at `from`. */
export function endOfDigits(text: string, from: number): number {
  let end = from;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

/** The index behind the letters that begin at `from`. */
export function endOfLetters(text: string, from: number): number {
  let end = from;
  while (isLetter(text.charCodeAt(end))) end += 1;
  return end;
}

function withoutLeadingZeros(digits: string): string {
  let from = 0;
  while (digits.charCodeAt(from) === 48) from += 1;
  return from === 0 ? digits : digits.slice(from);
}
