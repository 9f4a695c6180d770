import { createHash } from 'node:crypto';
import type { Entry } from './container/entries.ts';
import { type EntryFacts, TABLE_PREFIX } from './contents.ts';

const NEWLINE = 0x0a;

/** The entry as it was, and its facts once it has been read. */
export function measured(entry: Entry): { readonly entry: Entry; readonly facts: () => EntryFacts } {
  const { name, content } = entry;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let rows = 0;
  const isTable = name.startsWith(TABLE_PREFIX);
  return {
    entry: {
      name,
      content: (async function* measure() {
        for await (const part of content) {
          hash.update(part);
          sizeBytes += part.length;
          // In COPY's text a line break within a value is escaped: lines are rows.
          if (isTable) for (let at = part.indexOf(NEWLINE); at >= 0; at = part.indexOf(NEWLINE, at + 1)) rows += 1;
          yield part;
        }
      })(),
    },
    facts: () => ({ name, sizeBytes, sha256: hash.digest('hex'), rows: isTable ? rows : null }),
  };
}
