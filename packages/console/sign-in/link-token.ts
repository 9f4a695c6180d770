/** The token of `#link=TOKEN`. */
export function linkTokenOf(fragment: string): string | undefined {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('link');
  return token === null || token === '' ? undefined : token;
}
