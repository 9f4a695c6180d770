import { Type, type Static } from 'typebox';
import { Claim } from './claim.ts';
import { Line, LIMITS, Moment, orNull, Prose, RecordId } from './fields.ts';

export const CvssScore = Type.Object({
  /** The vector as published: `CVSS:3.1/AV:N/…`, `CVSS:4.0/…`, or version 2 without a prefix. */
  vector: Type.String({ maxLength: 512 }),
  version: Type.Union([Type.Literal('2.0'), Type.Literal('3.0'), Type.Literal('3.1'), Type.Literal('4.0')]),
  /** Base score computed from the vector; null when the vector is not valid. */
  score: orNull(Type.Number({ minimum: 0, maximum: 10 })),
  /** Who scored: `nvd`, `cisa-adp`, the feed's publisher. */
  source: Line,
});
export type CvssScore = Static<typeof CvssScore>;

export const Reference = Type.Object({ kind: Line, url: Type.String({ maxLength: 4096 }) });

/** Where a record comes from: enough to find it again and to prove that it was this one. */
export const Provenance = Type.Object({
  feed: Type.String({ maxLength: 64 }),
  /** The record's place in the feed: its id, or file name inside an archive. */
  record: Line,
  /** SHA-256 of the record's bytes as received (of the slice that was parsed), lower-case hex. */
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});
export type Provenance = Static<typeof Provenance>;

/** A vendor's or database's statement, normalised. */
export const Advisory = Type.Object({
  /** Unique within its feed; with the release where a publisher uses one id for two releases (`8/ALSA-2022:1234`). */
  id: RecordId,
  /** What people call it: `DSA-5555-1`. Not unique. */
  name: RecordId,
  aliases: Type.Array(RecordId, { maxItems: LIMITS.vulnerabilitiesPerAdvisory }),
  /** Canonical ids of the vulnerabilities it is about, see `canonicalVulnerability`; its own name when it states none. */
  vulnerabilities: Type.Array(RecordId, { maxItems: LIMITS.vulnerabilitiesPerAdvisory }),
  title: Line,
  summary: Prose,
  published: orNull(Moment),
  /** Null also for placeholders such as year 1 and for times after the moment of reading. */
  modified: orNull(Moment),
  /** Not null: taken back by its publisher; its claims no longer hold. */
  withdrawn: orNull(Moment),
  /** The publisher's overall word, as written: `Important`, `CRITICAL`, `medium`. */
  severity: orNull(Line),
  cvss: Type.Array(CvssScore, { maxItems: 64 }),
  references: Type.Array(Reference, { maxItems: LIMITS.referencesPerAdvisory }),
  claims: Type.Array(Claim, { maxItems: LIMITS.claimsPerAdvisory }),
  provenance: Provenance,
});
export type Advisory = Static<typeof Advisory>;
