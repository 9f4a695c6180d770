import type { Requirement, Software } from '../model/index.ts';
import { assessedAs, type AssessedAs } from './assessed-as.ts';
import type { Assessment, AssessmentGap, ClaimRecord, Verdict } from './assessment.ts';
import { conclude } from './conclude.ts';
import type { Freshness } from './freshness.ts';
import { judgeClaim, type Judgement, type Subject } from './judge-claim.ts';
import { mergedVulnerabilities } from './merged-vulnerabilities.ts';
import { isPlaceable, positionOf, type Position } from './version-position.ts';

export interface AssessmentContext {
  /** What is known of the advisories for the software's namespace. */
  readonly fresh: Freshness;
  /** Whether a product that a claim requires is there; null, and left out: not known. */
  readonly holds?: (requirement: Requirement) => boolean | null;
}

/**
 * Which vulnerabilities a piece of software has, according to the claims that were found under its `lookupKeys`. Each
 * claim given comes back in some verdict's evidence or in a gap; nothing that was not understood counts as safe. Never
 * throws on odd data.
 */
export function assess(software: Software, records: readonly ClaimRecord[], context: AssessmentContext): Assessment {
  if (software.origin === 'third-party')
    return { software, verdicts: [], dismissed: [], gaps: [thirdPartyGap(software, records)] };
  const as = assessedAs(software);
  const verdicts: Verdict[] = [];
  const dismissed: Verdict[] = [];
  const gaps: AssessmentGap[] = [
    // Where no feed speaks of the software, nothing would be gained by a version that is understood.
    ...(context.fresh.advisories === 'unsupported' ? [] : softwareGaps(software, as)),
    ...freshnessGaps(software, context.fresh),
  ];
  for (const [vulnerability, judgements] of judgementsOf(software, as, records, context)) {
    const verdict = conclude(vulnerability, judgements);
    (verdict.outcome === 'not-affected' ? dismissed : verdicts).push(verdict);
    if (verdict.outcome === 'unknown') gaps.push(...gapsOf(vulnerability, judgements));
  }
  return { software, verdicts, dismissed, gaps };
}

/** By vulnerability, sorted by its id. */
function judgementsOf(
  software: Software,
  as: AssessedAs,
  records: readonly ClaimRecord[],
  context: AssessmentContext,
): readonly (readonly [string, readonly Judgement[]])[] {
  const subject: Subject = { software, as, position: rememberingPositions(), holds: context.holds ?? (() => null) };
  const canonical = mergedVulnerabilities(records);
  const found = new Map<string, Judgement[]>();
  for (const record of records) {
    const judgement = judgeClaim(record, subject);
    for (const id of canonical(record)) {
      const list = found.get(id);
      if (list === undefined) found.set(id, [judgement]);
      else list.push(judgement);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

function rememberingPositions(): Subject['position'] {
  const known = new Map<string, Position>();
  return (scheme, version) => {
    const key = `${scheme}\n${version}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const position = positionOf(scheme, version);
    known.set(key, position);
    return position;
  };
}

function gapsOf(vulnerability: string, judgements: readonly Judgement[]): AssessmentGap[] {
  const gaps = new Map<string, AssessmentGap>();
  for (const { gap, evidence } of judgements) {
    if (gap === null) continue;
    const key = `${gap.reason}\n${gap.why}`;
    const records = [...(gaps.get(key)?.records ?? []), evidence.advisory.name];
    gaps.set(key, { reason: gap.reason, why: gap.why, vulnerability, records: [...new Set(records)] });
  }
  return [...gaps.values()];
}

function thirdPartyGap(software: Software, records: readonly ClaimRecord[]): AssessmentGap {
  const publisher = software.originName === null ? 'another publisher' : `${software.originName}, not the distribution`;
  const names = [...new Set(records.map(({ advisory }) => advisory.name))];
  return {
    reason: 'third-party-origin',
    why:
      `${software.name} ${software.version} comes from ${publisher}: the advisories of ${software.namespace} say nothing about it, ` +
      'and no feed for that publisher is read. Follow its own announcements',
    vulnerability: null,
    ...(names.length === 0 ? {} : { records: names }),
  };
}

function softwareGaps(software: Software, as: AssessedAs): AssessmentGap[] {
  const gaps: AssessmentGap[] = [];
  const whole = (reason: AssessmentGap['reason'], why: string) => gaps.push({ reason, why, vulnerability: null });
  const unplaceable = [as.binary.version, as.source.version].find((version) => !isPlaceable(software.scheme, version));
  if (unplaceable !== undefined)
    whole(
      'unparsable-version',
      `'${unplaceable}' is not a version of the scheme '${software.scheme}': it can't be held against advisories`,
    );
  if (as.approximation !== null) whole('not-comparable', as.approximation);
  return gaps;
}

function freshnessGaps({ namespace }: Software, fresh: Freshness): AssessmentGap[] {
  const gaps: AssessmentGap[] = [];
  const whole = (reason: AssessmentGap['reason'], why: string) => gaps.push({ reason, why, vulnerability: null });
  switch (fresh.advisories) {
    case 'current':
      break;
    case 'none':
      whole('no-advisories', fresh.why ?? `no advisories for ${namespace} have been read yet; synchronise its feeds`);
      break;
    case 'stale':
      whole(
        'stale-advisories',
        fresh.why ?? `the advisories for ${namespace} are of ${fresh.asOf ?? 'an unknown day'}`,
      );
      break;
    case 'unsupported':
      whole('unsupported-distribution', fresh.why ?? `no feed speaks of ${namespace}`);
      break;
    default:
      fresh.advisories satisfies never;
  }
  if (fresh.support === 'ended')
    whole(
      'release-out-of-support',
      fresh.supportNote ??
        `${namespace} gets no security updates any more: new vulnerabilities are not looked at there`,
    );
  if (fresh.support === 'limited')
    whole('release-out-of-support', fresh.supportNote ?? `only parts of ${namespace} get security updates`);
  return gaps;
}
