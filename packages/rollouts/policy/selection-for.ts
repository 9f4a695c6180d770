import { LIMITS, type Selection, type UpdateFilter } from '@thimble/protocol';
import { DEFAULTS } from './defaults.ts';
import type { Policy } from './policy.ts';
import { selects } from './selects.ts';
import type { UpdateTraits } from './traits.ts';

/**
 * What an order asks of an endpoint so that it takes what the policy takes now; null: nothing. In general that is a list of packages;
 * `security` or `all` only where it is what the policy means, so that endpoints also take what nobody saw pending yet.
 */
export function selectionFor(
  policy: Pick<Policy, 'select' | 'always'>,
  updates: readonly UpdateTraits[],
  nowMs: number,
): Selection | null {
  const types = plainTypes(policy);
  if (types?.includes('security') === true && types.includes('other')) return { kind: 'all' };
  const taken = updates.filter((update) => selects(policy, update, nowMs).taken);
  // An endpoint knows the security channel, but not what else closes a vulnerability.
  if (types?.includes('security') === true && taken.every(({ security }) => security)) return { kind: 'security' };
  const names = [...new Set(taken.map(({ name }) => name))].sort().slice(0, LIMITS.changesPerTransaction);
  return names.length === 0 ? null : { kind: 'packages', packages: names.map((name) => ({ name })) };
}

/** What kinds of updates a policy takes when it asks for nothing else of them; null: it asks for more. */
function plainTypes({ select, always }: Pick<Policy, 'select' | 'always'>): UpdateFilter['types'] | null {
  const { types = [...DEFAULTS.types], ...conditions } = select;
  if (Object.keys(conditions).length > 0) return null;
  const more = always === null ? [] : (always.types ?? DEFAULTS.types);
  return more.every((type) => types.includes(type)) ? types : null;
}
