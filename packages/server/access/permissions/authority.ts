import type { Permission } from '@thimble/protocol';
import { EVERYWHERE, type Reach, coversReach, intersectReach, uniteReach } from './reach.ts';

/**
 * What somebody may do in an organisation, and on which endpoints. The reach is kept with each permission: who sees all
 * endpoints and operates some of them does not thereby operate all.
 */
export type Authority = ReadonlyMap<Permission, Reach>;

export function authorityOf(permissions: Iterable<Permission>, reach: Reach = EVERYWHERE): Authority {
  return new Map([...permissions].map((permission) => [permission, reach]));
}

/** All grants of a person together. */
export function uniteAuthorities(parts: readonly Authority[]): Authority {
  const whole = new Map<Permission, Reach>();
  for (const part of parts)
    for (const [permission, reach] of part) {
      const before = whole.get(permission);
      whole.set(permission, before === undefined ? reach : uniteReach(before, reach));
    }
  return whole;
}

/** What both may do: a token and who made it. A permission that reaches nothing is left out. */
export function intersectAuthorities(one: Authority, other: Authority): Authority {
  const both = new Map<Permission, Reach>();
  for (const [permission, reach] of one) {
    const limit = other.get(permission);
    if (limit === undefined) continue;
    const within = intersectReach(reach, limit);
    if (within.kind === 'all' || within.anyOf.length > 0) both.set(permission, within);
  }
  return both;
}

/** The first permission of `inner` that `outer` does not have as far as it reaches; undefined: `outer` has all of it. */
export function firstBeyond(outer: Authority, inner: Authority): Permission | undefined {
  for (const [permission, reach] of inner) {
    const limit = outer.get(permission);
    if (limit === undefined || !coversReach(limit, reach)) return permission;
  }
  return undefined;
}
