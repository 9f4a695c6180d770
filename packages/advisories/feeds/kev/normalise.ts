import type { FeedItem } from '../../feed/index.ts';
import type { JsonMember } from '../../feed/json-stream.ts';
import { anyDay, pastDay } from '../../feed/moments.ts';
import { line, prose } from '../../feed/record.ts';
import { catalogueEntry } from './schema.ts';

/** One entry of the catalogue. An unknown day of addition drops it: that day is what the entry states. */
export function normaliseEntry({ path, value, sha256 }: Omit<JsonMember, 'selector'>, now: Date): FeedItem {
  const record = `entry ${String(path.at(-1))}`;
  if (!catalogueEntry.Check(value))
    return { kind: 'fault', record, reason: 'is no entry of the catalogue: a field is missing or of another type' };
  const addedOn = pastDay(value.dateAdded, now);
  if (addedOn === null)
    return {
      kind: 'fault',
      record: value.cveID,
      reason: `was added on no day that has been: ${line(value.dateAdded)}`,
    };
  return {
    kind: 'fact',
    fact: {
      body: {
        kind: 'kev',
        vulnerability: value.cveID,
        addedOn,
        dueOn: anyDay(value.dueDate),
        // `Unknown` means not known, not that there is none.
        ransomware: value.knownRansomwareCampaignUse === 'Known' ? true : null,
        title: line(value.vulnerabilityName),
        requiredAction: prose(value.requiredAction),
      },
      provenance: { feed: 'kev', record: value.cveID, sha256 },
    },
  };
}
