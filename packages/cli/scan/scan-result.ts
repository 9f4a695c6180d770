import type { Assessment, Priority, Software, Verdict } from '@thimble/advisories';
import type { Gap } from '@thimble/protocol';

/** One vulnerability in one piece of software of the target. */
export interface ScanFinding {
  readonly vulnerability: string;
  readonly title: string;
  readonly software: Software;
  readonly purl: string | null;
  readonly locations: readonly string[];
  readonly verdict: Verdict;
  readonly cvss: { readonly score: number; readonly vector: string } | null;
  readonly epss: number | null;
  readonly kev: boolean;
  readonly priority: Priority;
  /** Of a kernel package that neither runs nor starts next: on disk, no danger by itself. */
  readonly leftover: boolean;
  /** The vendor's own word says that it is not worth an update (Debian's `unimportant`). */
  readonly unimportant: boolean;
}

export interface ScanResult {
  readonly subject: { readonly name: string; readonly version: string };
  /** `debian:12`; null: no operating system was seen. */
  readonly namespace: string | null;
  readonly softwareCount: number;
  /** Most pressing first. Unimportant and left-over ones are in it, marked. */
  readonly findings: readonly ScanFinding[];
  /** What could not be assessed; unknown is never counted as safe. */
  readonly gaps: readonly Gap[];
  readonly assessments: readonly Assessment[];
  readonly at: Date;
  /** The newest synchronisation of each feed that was used, ISO 8601. */
  readonly feeds: readonly { readonly feed: string; readonly syncedAt: string }[];
}

/** Those that count: what people are to act on. */
export function countedFindings(result: Pick<ScanResult, 'findings'>): readonly ScanFinding[] {
  return result.findings.filter(({ leftover, unimportant }) => !leftover && !unimportant);
}
