/** Gem::Version's canonical segments: numbers as digits, words as they are; no zeros at the end of either half. */
export interface GemVersion {
  readonly segments: readonly string[];
}

const SHAPE = /^[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** Gem::Version::ANCHORED_VERSION_PATTERN, without the blanks and the empty text that Ruby reads as 0. */
export function parseGemVersion(text: string): GemVersion | null {
  if (!SHAPE.test(text)) return null;
  const segments = text.replaceAll('-', '.pre.').match(/[0-9]+|[A-Za-z]+/g) ?? [];
  const firstWord = segments.findIndex(isWord);
  const numbers = firstWord === -1 ? segments : segments.slice(0, firstWord);
  const suffix = firstWord === -1 ? [] : segments.slice(firstWord);
  return { segments: [...withoutTrailingZeros(numbers), ...withoutTrailingZeros(suffix)] };
}

export function isWord(segment: string): boolean {
  return /^[A-Za-z]/.test(segment);
}

function withoutTrailingZeros(segments: readonly string[]): readonly string[] {
  let end = segments.length;
  while (end > 0 && /^0+$/.test(segments[end - 1] ?? '')) end -= 1;
  return segments.slice(0, end);
}
