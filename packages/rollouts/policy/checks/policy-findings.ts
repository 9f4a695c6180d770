import type { PolicyDocument } from '@thimble/protocol';
import type { Finding } from '../document/finding.ts';
import type { Recurrences } from '../recurrences.ts';
import { checkAmounts } from './amounts.ts';
import { checkApprovals } from './approvals.ts';
import type { PolicyCheck } from './check.ts';
import { checkContent } from './content.ts';
import { checkDeadlines } from './deadlines.ts';
import { checkFilters } from './filters.ts';
import { checkGates } from './gates.ts';
import { checkNames } from './names.ts';
import { checkReboots } from './reboots.ts';
import { checkRings } from './rings.ts';
import { checkTrials } from './trials.ts';
import { checkWindows } from './windows.ts';

const CHECKS: readonly PolicyCheck[] = [
  checkNames,
  checkFilters,
  checkRings,
  checkWindows,
  checkGates,
  checkApprovals,
  checkAmounts,
  checkDeadlines,
  checkContent,
  checkTrials,
  checkReboots,
];

/** What can't hold in a document whose shape is right, and what is probably not meant. */
export function policyFindings(document: PolicyDocument, recurrences: Recurrences): readonly Finding[] {
  return CHECKS.flatMap((check) => [...check(document, recurrences)]);
}
