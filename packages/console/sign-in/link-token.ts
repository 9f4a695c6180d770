/** The token of `#TOKEN`, as the server prints it, or of `#link=TOKEN`. */
export function linkTokenOf(fragment: string): string | undefined {
  const text = fragment.replace(/^#/, '');
  const token = text.includes('=') ? new URLSearchParams(text).get('link') : text;
  return token === null || token === '' ? undefined : token;
}
