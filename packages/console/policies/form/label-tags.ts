/** Labels of a filter (`{ role: [web, db] }`) as one word each (`role=web`, `role=db`). */
export function tagsOf(labels: unknown): string[] {
  if (typeof labels !== 'object' || labels === null) return [];
  return Object.entries(labels).flatMap(([key, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${key}=${String(one)}`),
  );
}

/** And back; undefined: there are none. */
export function labelsOf(tags: readonly string[]): Readonly<Record<string, string[]>> | undefined {
  const values = new Map<string, string[]>();
  for (const tag of tags) {
    const at = tag.indexOf('=');
    const key = tag.slice(0, at).trim();
    values.set(key, [...(values.get(key) ?? []), tag.slice(at + 1).trim()]);
  }
  return values.size === 0 ? undefined : Object.fromEntries(values);
}
