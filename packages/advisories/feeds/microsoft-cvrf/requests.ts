import { Compile } from 'typebox/compile';
import { Type } from 'typebox';
import { FeedError, type FeedContext, type FeedDocument, type FeedItem, type FeedRequest } from '../../feed/index.ts';
import { pastMoment } from '../../feed/moments.ts';

/** The list of all months has 100 kB. */
const LIMIT_LIST_BYTES = 16_000_000;
/** A month has up to 15 MB. */
const LIMIT_MONTH_BYTES = 256_000_000;

const UPDATES = Compile(Type.Object({ value: Type.Array(Type.Unknown(), { maxItems: 10_000 }) }));
const UPDATE = Compile(
  Type.Object({ ID: Type.String({ pattern: '^[\\w-]{1,40}$' }), CurrentReleaseDate: Type.String({ maxLength: 64 }) }),
);

export function updatesRequest(): FeedRequest {
  return { path: 'updates', role: 'updates', packing: 'plain', limitBytes: LIMIT_LIST_BYTES };
}

/** The months that were published or changed since the watermark. */
export async function* monthRequests(document: FeedDocument, context: FeedContext): AsyncGenerator<FeedItem> {
  const list = jsonOrNull(await document.bytes());
  if (!UPDATES.Check(list)) throw new FeedError('malformed', `${document.request.path}: it is not the list of updates`);
  let newest = context.watermark;
  for (const [index, update] of list.value.entries()) {
    const released = UPDATE.Check(update) ? pastMoment(update.CurrentReleaseDate, context.now) : null;
    if (!UPDATE.Check(update) || released === null) {
      yield { kind: 'fault', record: `update ${index + 1}`, reason: 'it has no id or no date' };
      continue;
    }
    if (newest === null || released > newest) newest = released;
    // Not earlier than the watermark: several months change in one moment.
    if (context.watermark !== null && released < context.watermark) continue;
    const path = `cvrf/${update.ID}`;
    yield {
      kind: 'request',
      request: { path, role: 'month', packing: 'plain', limitBytes: LIMIT_MONTH_BYTES, note: update.ID },
    };
  }
  if (newest !== null) yield { kind: 'watermark', value: newest };
}

function jsonOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // Refused by the schema with the same words as other nonsense.
    return null;
  }
}
