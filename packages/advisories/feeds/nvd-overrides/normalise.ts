import { configurationClaims } from '../../feed/cpe/configuration-claims.ts';
import type { FeedItem } from '../../feed/index.ts';
import { pastMoment } from '../../feed/moments.ts';
import { EMPTY_ADVISORY, line, prose } from '../../feed/record.ts';
import { LIMITS, type Provenance } from '../../model/index.ts';
import type { NvdOverride } from './schema.ts';

/**
 * An override as an advisory. One without claims says that no product should be looked for (its configuration is the
 * placeholder `null:null`): it is kept, so that the reason can be read.
 */
export function normaliseOverride(record: NvdOverride, provenance: Provenance, now: Date): readonly FeedItem[] {
  const { cve_id: id, description, reason, published, modified, references } = record._annotation;
  const { claims, unreadable } = configurationClaims(record.cve.configurations ?? []);
  const items: FeedItem[] = unreadable.map((criteria) => ({
    kind: 'fault',
    record: id,
    reason: `its configuration names no CPE: ${criteria}`,
  }));
  items.push({
    kind: 'advisory',
    advisory: {
      ...EMPTY_ADVISORY,
      id,
      name: id,
      vulnerabilities: [id],
      title: line(reason ?? ''),
      summary: prose(description ?? ''),
      published: pastMoment(published, now),
      modified: pastMoment(modified, now),
      references: (references ?? [])
        .filter((url) => url.length <= 4096)
        .slice(0, LIMITS.referencesPerAdvisory)
        .map((url) => ({ kind: 'reference', url })),
      claims: [...claims],
      provenance,
    },
  });
  return items;
}
