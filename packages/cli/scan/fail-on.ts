import type { SeverityLevel } from '@thimble/advisories';
import { countedFindings, type ScanFinding, type ScanResult } from './scan-result.ts';

/** Thresholds for scripts: severities, KEV's list, and SSVC's two urgent decisions. */
export const FAIL_ON = ['any', 'low', 'medium', 'high', 'critical', 'attend', 'act', 'kev'] as const;
export type FailOn = (typeof FAIL_ON)[number];

/** A severity that nobody stated counts as the worst: unknown is never fine. */
const RANK: Readonly<Record<SeverityLevel, number>> = { none: 0, low: 1, medium: 2, high: 3, critical: 4, unknown: 4 };

export function failsOn(result: Pick<ScanResult, 'findings'>, threshold: FailOn): boolean {
  return countedFindings(result).some((finding) => reaches(finding, threshold));
}

function reaches({ kev, priority }: ScanFinding, threshold: FailOn): boolean {
  switch (threshold) {
    case 'any':
      return true;
    case 'kev':
      return kev;
    case 'act':
      return priority.decision === 'act';
    case 'attend':
      return priority.decision === 'act' || priority.decision === 'attend';
    default:
      return RANK[priority.severity] >= RANK[threshold];
  }
}
