import { canonicalJson } from '../canonical-json.ts';

/**
 * What a statement's bytes say, when they are canonical JSON in UTF-8 and nothing else. Of two members of one name, or bytes that are
 * no text, two readers could make two things, and a person would sign what an endpoint does not read.
 *
 * @returns null: they are something else
 */
export function canonicalPayload(payload: Buffer): { readonly value: unknown } | null {
  try {
    const value: unknown = JSON.parse(payload.toString('utf8'));
    return Buffer.from(canonicalJson(value)).equals(payload) ? { value } : null;
  } catch {
    return null;
  }
}
