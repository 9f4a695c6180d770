/** The bytes of a base64url text without padding; null when another text would mean the same bytes, or it means none. */
export function strictBase64Url(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : null;
}
