import { Compile } from 'typebox/compile';
import { FeedError } from '../feed-error.ts';
import type { FeedItem } from '../feed.ts';
import { provenanceOf } from '../record.ts';
import { normaliseCsaf } from './normalise.ts';
import { CsafDocument } from './schema.ts';

const CHECK = Compile(CsafDocument);

/** The largest documents of Red Hat have 50 MB. */
export const LIMIT_DOCUMENT_BYTES = 256_000_000;
/** An advisory with more faults is a different kind of document: the first are enough to see it. */
const LIMIT_FAULTS = 20;

/** One CSAF document. What is none is a fault of this record: a provider has thousands of others. */
export function* csafItems(feed: string, record: string, bytes: Uint8Array, now: Date): Generator<FeedItem> {
  const document = jsonOrNull(bytes);
  if (!CHECK.Check(document)) {
    yield { kind: 'fault', record: record.slice(0, 1024), reason: 'it is not a CSAF 2.0 or 2.1 document' };
    return;
  }
  let result: ReturnType<typeof normaliseCsaf>;
  try {
    result = normaliseCsaf(document, provenanceOf(feed, record, bytes), now);
  } catch (error) {
    if (!(error instanceof FeedError)) throw error;
    yield { kind: 'fault', record: record.slice(0, 1024), reason: error.message };
    return;
  }
  yield { kind: 'advisory', advisory: result.advisory };
  for (const reason of result.faults.slice(0, LIMIT_FAULTS))
    yield { kind: 'fault', record: result.advisory.id, reason };
}

function jsonOrNull(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    // Not JSON: told as a fault of this record.
    return null;
  }
}
