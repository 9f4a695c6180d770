import type { Inheritance } from './inheritance.ts';
import type { Policy } from './policy.ts';

interface Ranked {
  readonly policy: Pick<Policy, 'name' | 'priority' | 'clients'>;
  readonly inherited?: Inheritance | null;
}

/** Sorts policies of one scope: whose policy goes first, then the higher priority, then the name. */
export function precedence(a: Ranked, b: Ranked): number {
  return rankOf(a) - rankOf(b) || b.policy.priority - a.policy.priority || (a.policy.name < b.policy.name ? -1 : 1);
}

/**
 * Lower goes first, whatever the priorities are: what is enforced, by the topmost organisation first; own policies (0); what is inherited,
 * from the nearest organisation first.
 */
export function rankOf({ policy, inherited }: Ranked): number {
  if (inherited == null) return 0;
  return policy.clients === 'enforced' ? -inherited.levels : inherited.levels;
}
