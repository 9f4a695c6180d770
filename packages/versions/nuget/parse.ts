import { compareDigits } from '../digits.ts';

export interface NugetVersion {
  /** One to four numbers as written. */
  readonly numbers: readonly string[];
  /** Upper case: their case has no weight. Empty: a release. */
  readonly labels: readonly string[];
}

/** System.Version and int.TryParse hold an Int32. */
const INT_MAX = '2147483647';

/** NuGetVersion.TryParse without the blanks that it trims. Leading zeros are fine in numbers, not in numeric labels. */
export function parseNugetVersion(text: string): NugetVersion | null {
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const numbers = (match[1] ?? '').split('.');
  const labels = match[2]?.toUpperCase().split('.') ?? [];
  if (numbers.some((number) => !fitsInt(number)) || labels.some((label) => /^0[0-9]+$/.test(label))) return null;
  return { numbers, labels };
}

/** Labels above Int32 are words to NuGet: `20260101120000` is compared as text. */
export function isNumericLabel(label: string): boolean {
  return /^-?[0-9]+$/.test(label) && fitsInt(label.replace('-', ''));
}

function fitsInt(digits: string): boolean {
  return compareDigits(digits, INT_MAX) <= 0;
}

const SHAPE =
  /^([0-9]+(?:\.[0-9]+){0,3})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;
