const LABEL = /^[a-z0-9][a-z0-9._/-]{0,62}=.+$/;

/** An endpoint's labels (`{ role: 'web' }`) as one word each (`role=web`). */
export function tagsOf(labels: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
}

/** And back. A key has one value: the last one that is given. */
export function labelsOf(tags: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    tags.map((tag) => {
      const at = tag.indexOf('=');
      return [tag.slice(0, at).trim(), tag.slice(at + 1).trim()];
    }),
  );
}

/** What is wrong with the first that is no label; undefined: all are. */
export function oddLabel(tags: readonly string[]): string | undefined {
  const odd = tags.find((tag) => !LABEL.test(tag));
  return odd === undefined ? undefined : `${odd} is no label; write a key in lower case, = and a value.`;
}
