import { PolicyDocument, type PolicyProblem } from '@thimble/protocol';
import { Check } from 'typebox/value';
import { buildPolicy } from './build-policy.ts';
import { policyFindings } from './checks/policy-findings.ts';
import { pathInWords, problemAt, type Finding } from './document/finding.ts';
import { schemaFindings } from './document/schema-findings.ts';
import type { Policy } from './policy.ts';
import { parseRecurrences } from './recurrences.ts';

export type ParsedPolicy =
  | {
      readonly ok: true;
      readonly policy: Policy;
      readonly document: PolicyDocument;
      /** What is allowed and probably not meant. */
      readonly warnings: readonly PolicyProblem[];
    }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** Where in a text a finding is; both count from 1. */
export type PlaceOf = (finding: Finding) => { readonly line: number; readonly column: number } | null;

/** Nobody mends more at a time, and a hostile document has no end of them. */
const MAX_PROBLEMS = 50;

/**
 * A policy from a document that came as JSON. What is not known or can't hold is refused, never guessed: a policy with problems is none.
 *
 * @param placeOf where its text has what; left out: it has none, and lines and columns are null.
 */
export function parsePolicy(value: unknown, placeOf: PlaceOf = () => null): ParsedPolicy {
  const wrong = first(schemaFindings(PolicyDocument, value), MAX_PROBLEMS);
  if (wrong.length > 0) return refused(wrong, placeOf);
  if (!Check(PolicyDocument, value)) return refused([problemAt([], 'this is no policy')], placeOf);
  const { recurrences, findings } = parseRecurrences(value);
  const all = [...findings, ...policyFindings(value, recurrences)];
  const errors = all.filter(({ weight }) => weight === 'error');
  if (errors.length > 0) return refused(errors.slice(0, MAX_PROBLEMS), placeOf);
  return {
    ok: true,
    policy: buildPolicy(value, recurrences),
    document: value,
    warnings: all.slice(0, MAX_PROBLEMS).map((finding) => toProblem(finding, placeOf)),
  };
}

function refused(findings: readonly Finding[], placeOf: PlaceOf): ParsedPolicy {
  return { ok: false, problems: findings.map((finding) => toProblem(finding, placeOf)) };
}

function toProblem(finding: Finding, placeOf: PlaceOf): PolicyProblem {
  const place = placeOf(finding);
  return {
    path: pathInWords(finding.path),
    line: place?.line ?? null,
    column: place?.column ?? null,
    message: finding.message,
    hint: finding.hint,
  };
}

function first<T>(items: Iterable<T>, count: number): readonly T[] {
  const taken: T[] = [];
  for (const item of items) {
    taken.push(item);
    if (taken.length === count) break;
  }
  return taken;
}
