import { isMap, parseDocument } from 'yaml';

/** A valid policy's text with some of its top-level scalars changed; comments and everything else stay as they were written. `clients: undefined` takes that line away. */
export function policyTextWith(
  text: string,
  changes: { readonly enabled?: boolean; readonly priority?: number; readonly clients?: undefined },
): string {
  const document = parseDocument(text);
  // A document in braces is JSON, or as good as.
  if (isMap(document.contents) && document.contents.flow === true)
    return `${JSON.stringify({ ...(document.toJS() as object), ...changes }, undefined, 2)}\n`;
  for (const [key, value] of Object.entries(changes))
    if (value === undefined) document.delete(key);
    else document.set(key, value);
  return document.toString({ lineWidth: 0 });
}
