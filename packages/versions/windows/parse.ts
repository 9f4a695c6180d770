/** Digits of each number, most significant first: major, minor, build, revision, … */
export type WindowsVersion = readonly string[];

/** VERSIONINFO has four numbers; some applications write more. */
const NUMBERS_MAX = 8;
const FORM = /^[0-9]+(?:\.[0-9]+)*$/;

/** `10.0.19045.3803`, `131.0.2903.86`: numbers and dots, nothing else. */
export function parseWindowsVersion(text: string): WindowsVersion | null {
  if (!FORM.test(text)) return null;
  const numbers = text.split('.');
  return numbers.length > NUMBERS_MAX ? null : numbers;
}
