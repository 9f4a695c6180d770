import type { EndpointFilter } from '@thimble/protocol';
import { matchesGlob } from './glob.ts';
import type { EndpointTraits } from './traits.ts';

/** Whether all that a filter states holds for an endpoint; a filter that states nothing takes every one. */
export function matchesEndpoint(filter: EndpointFilter, endpoint: EndpointTraits): boolean {
  const { labels, groups, platforms, criticality, sites, hostnames } = filter;
  return (
    Object.entries(labels ?? {}).every(([key, wanted]) => isOneOf(wanted, endpoint.labels.get(key))) &&
    (groups === undefined || groups.some((group) => endpoint.groups.includes(group))) &&
    (platforms === undefined || isOneOf(platforms, endpoint.platform)) &&
    (criticality === undefined || criticality.includes(endpoint.criticality)) &&
    (sites === undefined || isOneOf(sites, endpoint.site)) &&
    (hostnames === undefined || hostnames.some((pattern) => matchesGlob(pattern, endpoint.hostname)))
  );
}

function isOneOf(wanted: string | readonly string[], value: string | null | undefined): boolean {
  if (value === null || value === undefined) return false;
  return typeof wanted === 'string' ? wanted === value : wanted.includes(value);
}
