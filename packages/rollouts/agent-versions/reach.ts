import { stablePlace } from '../policy/stable-place.ts';
import type { AgentMember, AgentRules } from './facts.ts';

/** How many of the endpoints have been told when a wave is through, in percent; the first wave are the canaries. */
export const AGENT_WAVES = ['canaries', 25, 100] as const;

/** Who is told of a version: few words for any number of endpoints, so that each check-in is answered from memory. */
export interface AgentReach {
  /** Endpoints whose stable place is not beyond this; -1: none by their place. */
  readonly through: number;
  /** Endpoints that go first by their labels. */
  readonly canaries: readonly string[];
}

/** The same endpoints first for each version, and who is in a wave is in all later ones. */
export function reachOf(members: readonly AgentMember[], wave: number, { canaryPercent }: AgentRules): AgentReach {
  const canaries = members.filter(({ isCanary }) => isCanary).map(({ endpointId }) => endpointId);
  const size = AGENT_WAVES[wave] ?? 100;
  if (size === 100) return { through: 1, canaries };
  if (size === 'canaries' && canaries.length > 0) return { through: -1, canaries };
  const percent = size === 'canaries' ? canaryPercent : Math.max(size, canaryPercent);
  const places = members.map(({ endpointId }) => stablePlace(endpointId)).sort((a, b) => a - b);
  // A tenth of five endpoints is one of them: there is always somebody who goes first.
  const count = Math.max(1, Math.ceil((places.length * percent) / 100));
  return { through: places[Math.min(count, places.length) - 1] ?? -1, canaries };
}

export function isReached({ through, canaries }: AgentReach, endpointId: string): boolean {
  return stablePlace(endpointId) <= through || canaries.includes(endpointId);
}
