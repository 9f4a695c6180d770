import type { EndpointFilter } from '@thimble/protocol';

/** `endpoints with role=web or proxy, in the group paris`. */
export function scopeInWords({ labels, groups, platforms, criticality, sites, hostnames }: EndpointFilter): string {
  const parts = [
    ...Object.entries(labels ?? {}).map(([key, value]) => `with ${key}=${either([value].flat())}`),
    ...(groups === undefined
      ? []
      : [`in ${groups.length === 1 ? 'the group' : 'one of the groups'} ${either(groups)}`]),
    ...(platforms === undefined ? [] : [`of ${either(platforms)}`]),
    ...(criticality === undefined ? [] : [`of ${either(criticality)} criticality`]),
    ...(sites === undefined ? [] : [`at ${either(sites)}`]),
    ...(hostnames === undefined ? [] : [`called ${either(hostnames)}`]),
  ];
  return parts.length === 0 ? 'the whole fleet' : `endpoints ${parts.join(', ')}`;
}

/** More names say nothing more to a reader. */
const NAMED_AT_MOST = 5;

function either(values: readonly string[]): string {
  const named = values.slice(0, NAMED_AT_MOST);
  const more = values.length - named.length;
  return `${named.join(' or ')}${more > 0 ? ` or ${more} more` : ''}`;
}
