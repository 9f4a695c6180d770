/**
 * A copy of a document or outcome without what no server can store: NUL, and half a surrogate pair, as is left where a
 * text was cut at its limit. One such sign in a log's tail would otherwise keep an outcome from ever being recorded.
 */
export function storable<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, clean(member)]));
}
