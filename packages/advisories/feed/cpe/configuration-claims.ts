import type { Claim, Requirement } from '../../model/index.ts';
import { line } from '../record.ts';
import type { CpeConfiguration, CpeNode } from './configuration-schema.ts';
import { parseCpe } from './cpe-name.ts';
import { ClaimList, intervalOf } from './claim-list.ts';
import { targetRequirement } from './target-requirement.ts';

export interface CpeClaims {
  readonly claims: readonly Claim[];
  /** Criteria that are no CPE names. */
  readonly unreadable: readonly string[];
}

/** What a claim can hold, see Claim.requires. */
const LIMIT_GROUPS = 60;
const LIMIT_ALTERNATIVES = 5_000;

/**
 * What NVD's applicability statements say, as claims: each `vulnerable` match is affected, and in an AND configuration it
 * requires one match of every other node. Ranges become intervals, exact versions of one product one claim with a list.
 *
 * What can't be decided from the record is `under-investigation` with the reason as its vendor status, so that it is shown
 * as unknown: a negated part, a version that is a pattern, and `-` (no version stated) for anything but hardware.
 */
export function configurationClaims(configurations: readonly CpeConfiguration[]): CpeClaims {
  const unreadable: string[] = [];
  const claims = new ClaimList();
  for (const [index, configuration] of configurations.entries())
    for (const [nodeIndex, node] of configuration.nodes.entries()) {
      const others = configuration.operator === 'AND' ? configuration.nodes.filter((_n, i) => i !== nodeIndex) : [];
      const negated = configuration.negate === true || node.negate === true || others.some((other) => other.negate);
      // One list for all matches of the node: in the largest ones, some hundred versions require some thousand devices.
      const required = others.flatMap((other) => requirements(other));
      const tooMany = required.length > LIMIT_GROUPS || required.some((group) => group.length > LIMIT_ALTERNATIVES);
      const together = node.operator === 'AND' && node.cpeMatch.length > 1;
      const undecided = whyUndecided(negated, tooMany || (together && node.cpeMatch.length > LIMIT_GROUPS));
      for (const [matchIndex, match] of node.cpeMatch.entries()) {
        if (!match.vulnerable) continue;
        const cpe = parseCpe(match.criteria);
        if (cpe === null) {
          unreadable.push(line(match.criteria));
          continue;
        }
        const rest = together ? node.cpeMatch.filter((_m, i) => i !== matchIndex) : [];
        const own = undecided === null ? [...requirements({ ...node, cpeMatch: rest }), ...targetRequirement(cpe)] : [];
        const requires = undecided === null ? [...required, ...own] : [];
        const place = `${required.length === 0 ? '' : `${index}/${nodeIndex}`} ${own.length === 0 ? '' : JSON.stringify(own)}`;
        claims.add({ match, cpe, requires, place, undecided });
      }
    }
  return { claims: claims.all(), unreadable };
}

function whyUndecided(negated: boolean, tooMany: boolean): string | null {
  if (negated) return 'the configuration is negated';
  return tooMany ? 'the configuration requires more products than are kept' : null;
}

/** What a node demands: one of its matches (OR), or each of them (AND). */
function requirements(node: CpeNode): Requirement[][] {
  const all = node.cpeMatch.map((match): Requirement => {
    const interval = intervalOf(match);
    return { cpe: match.criteria.slice(0, 512), intervals: interval === null ? [] : [interval] };
  });
  if (node.operator === 'AND') return all.map((one) => [one]);
  return all.length === 0 ? [] : [all];
}
