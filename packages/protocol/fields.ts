import { Type, type Static } from 'typebox';

/** Limits on what the parties accept from each other: generous for real systems, fatal for memory bombs. */
export const LIMITS = {
  /** A Debian system with every package of the archive has about 65,000. */
  packagesPerManifest: 100_000,
  /** A dist-upgrade between releases touches a few thousand packages. */
  changesPerTransaction: 10_000,
  /** The canonical text of one document (manifest, system, updates), uncompressed. */
  documentBytes: 32 * 1024 * 1024,
  /** Lines that an outcome carries of a package manager's log. */
  logTailLines: 400,
  progressEventsPerRequest: 200,
  /** How far the clocks of an endpoint and its server may be apart (RFC 9421 `created`). */
  clockSkewSeconds: 300,
  /** The longest time for which the server holds a request that waits for orders. */
  heldRequestSeconds: 55,
} as const;

export const Uuid = Type.String({ pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' });
/** SHA-256, lower-case hexadecimal. */
export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
/** ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` prints it. */
export const Timestamp = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
/** A file's or package's name and the like: one line, bounded. */
export const Label = Type.String({ maxLength: 512 });
/** Text for people: bounded. */
export const Prose = Type.String({ maxLength: 16_384 });
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** Deb package names (Debian Policy 5.6.7), and wide enough for other platforms' names. */
export const PackageName = Type.String({ minLength: 1, maxLength: 255, pattern: '^[A-Za-z0-9][A-Za-z0-9+._:@/~-]*$' });
export const PackageVersion = Type.String({ minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' });
export const Architecture = Type.String({ minLength: 1, maxLength: 32, pattern: '^[a-z0-9_-]+$' });

/** Something that could not be determined, and why. What is listed here is unknown, never fine. */
export const Gap = Type.Object({ what: Label, why: Prose });
export type Gap = Static<typeof Gap>;
