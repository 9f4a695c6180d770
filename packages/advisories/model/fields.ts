import { Type } from 'typebox';

/** Limits on one normalised record: the largest real ones (a Linux kernel VEX document, a monthly CVRF) stay well below. */
export const LIMITS = {
  claimsPerAdvisory: 200_000,
  vulnerabilitiesPerAdvisory: 10_000,
  intervalsPerClaim: 2_000,
  /** npm and PyPI records list each affected version by name. */
  versionsPerClaim: 20_000,
  referencesPerAdvisory: 500,
} as const;

/** CVE-2024-1234, GHSA-…, DSA-5555-1, RHSA-2024:1234, a vendor's own number: one line, printable. */
export const RecordId = Type.String({ minLength: 1, maxLength: 128, pattern: '^[\\x21-\\x7e]+$' });
export const Version = Type.String({ minLength: 1, maxLength: 1024 });
export const Name = Type.String({ minLength: 1, maxLength: 512 });
export const Line = Type.String({ maxLength: 1024 });
export const Prose = Type.String({ maxLength: 32_768 });
/** ISO 8601 in UTC with milliseconds. */
export const Moment = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });
/** ISO 8601 calendar date. */
export const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
export const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) =>
  Type.Union([schema, Type.Null()]);
