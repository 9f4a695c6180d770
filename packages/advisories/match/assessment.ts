import type { Advisory, Claim, Fix, Software } from '../model/index.ts';

/** Under what a store keeps claims, and by what they are found again. */
export interface ClaimKey {
  readonly namespace: string;
  readonly nameKind: Claim['nameKind'];
  readonly name: string;
}

/** A claim with as much of its advisory as a verdict needs. */
export interface ClaimRecord {
  readonly claim: Claim;
  readonly advisory: Pick<Advisory, 'id' | 'name' | 'vulnerabilities' | 'severity' | 'withdrawn' | 'provenance'> &
    // Where a store gives them, records that know each other only by a second name meet as well.
    Partial<Pick<Advisory, 'aliases'>>;
}

/** By which rule a claim was held against a package. Each has a sentence in docs/matching.md. */
export type Rule =
  /** The installed source (or binary) version is before the fixed one. */
  | 'below-fixed'
  /** It is the fixed version or a later one. */
  | 'at-or-above-fixed'
  /** It is inside, or outside, of a stretch that has no fixed end. */
  | 'in-interval'
  | 'outside-intervals'
  /** It is, or is not, on the record's own list of versions. */
  | 'listed'
  | 'not-listed'
  /** All versions, no fix yet. */
  | 'every-version'
  /** The vendor states that this package of this release is not affected. */
  | 'stated-unaffected'
  /** The vendor has not decided. */
  | 'under-investigation'
  /** The record is of another module stream, channel, architecture, or needs a product that is not there. */
  | 'other-module'
  | 'other-channel'
  | 'other-architecture'
  | 'requirement-missing'
  /** It speaks of another release or ecosystem, or of another package: a store gave more than was asked for. */
  | 'other-release'
  | 'other-package'
  /** It is a bug fix or an enhancement, and names no vulnerability. */
  | 'no-vulnerability'
  /** It was withdrawn by its publisher. */
  | 'withdrawn';

/** One claim held against one package: the whole argument, so that a person can check it by hand. */
export interface Evidence {
  readonly advisory: ClaimRecord['advisory'];
  readonly key: ClaimKey;
  readonly rule: Rule;
  readonly outcome: 'affected' | 'not-affected' | 'unknown';
  /** What was compared: the source's version where the claim speaks of sources. */
  readonly installed: string;
  /** The version that it was compared with; null: none. */
  readonly boundary: string | null;
  readonly comparison: '<' | '=' | '>' | null;
  readonly scheme: string;
  readonly claim: Pick<Claim, 'status' | 'fix' | 'vendorStatus' | 'severity' | 'channel' | 'module'>;
  /** It is one of those that the verdict rests on; the others are outweighed, or do not concern this package. */
  readonly decides: boolean;
}

/** What is concluded about one vulnerability in one software, from all the evidence. */
export interface Verdict {
  readonly vulnerability: string;
  readonly outcome: 'affected' | 'not-affected' | 'unknown';
  readonly evidence: readonly Evidence[];
  /** The best that any affected claim offers. */
  readonly fix: Fix;
  readonly fixChannel: string | null;
  readonly vendorStatus: string | null;
  readonly severity: string | null;
}

/** Why something could not be assessed. Unknown is never counted as safe. */
export type GapReason =
  | 'third-party-origin'
  | 'unsupported-distribution'
  | 'no-advisories'
  | 'release-out-of-support'
  | 'unparsable-version'
  | 'not-comparable'
  | 'requirement-unknown'
  | 'under-investigation'
  | 'stale-advisories';

export interface AssessmentGap {
  readonly reason: GapReason;
  /** In words, with what to do about it. */
  readonly why: string;
  /** Null: the whole software; else the one vulnerability that could not be decided. */
  readonly vulnerability: string | null;
  /** Names of the records that were set aside for it. */
  readonly records?: readonly string[];
}

export interface Assessment {
  readonly software: Software;
  /** `affected` and `unknown` ones; those that do not apply are in `dismissed`. */
  readonly verdicts: readonly Verdict[];
  readonly dismissed: readonly Verdict[];
  readonly gaps: readonly AssessmentGap[];
}
