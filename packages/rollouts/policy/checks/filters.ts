import type { EndpointFilter } from '@thimble/protocol';
import { problemAt, warningAt } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';

/** A filter that states nothing takes everything: rarely what somebody means who writes one. */
export const checkFilters: PolicyCheck = function* ({ exclude, always, start }) {
  if (exclude !== undefined && takesEveryone(exclude))
    yield problemAt(['exclude'], 'it excludes every endpoint; say which, or leave it out');
  if (always !== undefined && Object.keys(always).length === 0)
    yield warningAt(['always'], 'it takes every security update, so that `select` decides nothing about them');
  if (start?.urgent !== undefined && Object.keys(start.urgent).length === 0)
    yield warningAt(['start', 'urgent'], 'every security update starts a rollout at once', 'for example `kev: true`');
};

/** Whether it states nothing at all; labels without a single one are nothing, too. */
export function takesEveryone({ labels = {}, ...more }: EndpointFilter): boolean {
  return Object.keys(labels).length + Object.keys(more).length === 0;
}
