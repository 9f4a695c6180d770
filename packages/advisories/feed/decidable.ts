import { isVersion } from '@thimble/versions';
import type { Claim } from '../model/index.ts';
import { line } from './record.ts';

/**
 * The claim, or, where a boundary of it is no version of its scheme, the same claim as undecided with the reason: nothing
 * can be compared with `V7 with hotfix`, and a claim that can't be compared must not be lost or guessed.
 */
export function decidable(claim: Claim): Claim {
  for (const { introduced, fixed, lastAffected } of claim.intervals)
    for (const version of [introduced, fixed, lastAffected])
      if (version !== null && !isVersion(claim.scheme, version))
        return {
          ...claim,
          status: 'under-investigation',
          intervals: [],
          versions: [],
          fix: { state: 'unknown', version: null },
          vendorStatus: line(`${claim.status}, but ${version.slice(0, 200)} is no ${claim.scheme} version`),
        };
  return claim;
}
