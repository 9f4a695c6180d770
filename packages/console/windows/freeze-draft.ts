import type { CreateFreezeRequest } from '@thimble/protocol';
import { labelsOf } from '../policies/form/label-tags.ts';

export interface FreezeDraft {
  readonly reason: string;
  /** `role=web`. */
  readonly labels: readonly string[];
  readonly groups: readonly string[];
  readonly sites: readonly string[];
  readonly hostnames: readonly string[];
  /** As inputs for a date and a time give it, in the reader's time zone; empty: at once. */
  readonly from: string;
  /** Empty: until somebody ends it. */
  readonly until: string;
}

export const NO_FREEZE: FreezeDraft = {
  reason: '',
  labels: [],
  groups: [],
  sites: [],
  hostnames: [],
  from: '',
  until: '',
};

/** What is wrong with it, by field. */
export function problemsOf({ labels, from, until }: FreezeDraft): {
  readonly labels?: string;
  readonly until?: string;
} {
  const odd = labels.find((label) => !/^[^=]+=.+$/.test(label));
  const early = until !== '' && Date.parse(until) <= (from === '' ? Date.now() : Date.parse(from));
  return {
    ...(odd === undefined ? {} : { labels: `${odd} is no label; write a key, = and a value.` }),
    ...(early ? { until: 'It would end before it begins.' } : {}),
  };
}

/** Without parts that say nothing: a scope of nothing is the whole fleet. */
export function freezeOf({ reason, labels, groups, sites, hostnames, from, until }: FreezeDraft): CreateFreezeRequest {
  const named = labelsOf(labels);
  const scope = {
    ...(named === undefined ? {} : { labels: named }),
    ...(groups.length === 0 ? {} : { groups: [...groups] }),
    ...(sites.length === 0 ? {} : { sites: [...sites] }),
    ...(hostnames.length === 0 ? {} : { hostnames: [...hostnames] }),
  };
  return {
    reason: reason.trim(),
    ...(Object.keys(scope).length === 0 ? {} : { scope }),
    ...(from === '' ? {} : { startsAt: new Date(from).toISOString() }),
    ...(until === '' ? {} : { endsAt: new Date(until).toISOString() }),
  };
}
