import type { FleetMember } from './endpoint-traits.ts';

/** Named with a count; who wants all asks the list of endpoints. */
const NAMED = 10;

/** The first of them by name. */
export function named(members: readonly FleetMember[]): { readonly id: string; readonly hostname: string }[] {
  return members
    .map(({ id, traits }) => ({ id, hostname: traits.hostname }))
    .sort((a, b) => (a.hostname < b.hostname ? -1 : a.hostname > b.hostname ? 1 : 0))
    .slice(0, NAMED);
}
