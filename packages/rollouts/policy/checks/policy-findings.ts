import type { PolicyDocument } from '@thimble/protocol';
import type { Finding } from '../document/finding.ts';
import type { Recurrences } from '../recurrences.ts';

/** One rule that a document's shape can't say. */
export type PolicyCheck = (document: PolicyDocument, recurrences: Recurrences) => Iterable<Finding>;

const CHECKS: readonly PolicyCheck[] = [];

/** What can't hold in a document whose shape is right, and what is probably not meant. */
export function policyFindings(document: PolicyDocument, recurrences: Recurrences): readonly Finding[] {
  return CHECKS.flatMap((check) => [...check(document, recurrences)]);
}
