import { type ActiveException, excepts } from '../exceptions/active.ts';
import { type Member, softwareOf } from '../summaries/count-open.ts';
import type { Fleet, SoftwareVerdicts } from '../summaries/fleet.ts';
import type { Weight } from '../summaries/risk-curve.ts';

/** Sums for each verdict of one software, in the places of its vulnerabilities. */
interface Sums {
  readonly risk: Float64Array;
  /** Endpoints for which this verdict stands for its source package. */
  readonly count: Float64Array;
  /** Endpoints that have it at all. */
  readonly touched: Float64Array;
}

export interface SoftwareTally {
  readonly open: Sums;
  readonly accepted: Sums;
}

export interface Tally {
  readonly software: ReadonlyMap<number, SoftwareTally>;
  /** Endpoints on which a source package (namespace and name) has something that an update fixes. */
  readonly endpoints: ReadonlyMap<string, number>;
}

/**
 * The risk of each verdict over all endpoints. Of several packages built from one source the first stands for all; a
 * vulnerability in several sources is divided among them. Summed in plain arrays: a large fleet has tens of millions of
 * pairs of list and vulnerability.
 */
export function tallyOf(
  fleet: Fleet,
  exceptions: readonly ActiveException[],
  weights: ReadonlyMap<string, Weight>,
): Tally {
  const scores = Float64Array.from(fleet.vulnerabilities, (name) => weights.get(name)?.score ?? 0);
  const accepted = Map.groupBy(exceptions, ({ vulnerability }) => vulnerability);
  const software = new Map<number, SoftwareTally>();
  const endpoints = new Map<string, number>();
  const shares = new Int32Array(fleet.vulnerabilities.length);
  const stamps = new Int32Array(fleet.vulnerabilities.length);
  let stamp = 0;
  for (const group of fleet.groups) {
    // What a reboot ends needs no update.
    const members = softwareOf(fleet, group).filter(({ role }) => role === 'present');
    const sources = Map.groupBy(members, ({ software: each }) => `${each.namespace}\0${each.source ?? each.name}`);
    shares.fill(0);
    for (const own of sources.values()) {
      stamp += 1;
      eachOpen(own, (place) => {
        if (stamps[place] === stamp) return;
        stamps[place] = stamp;
        shares[place] = (shares[place] ?? 0) + 1;
      });
    }
    for (const [key, own] of sources) {
      stamp += 1;
      let fixable = false;
      eachOpen(own, (place, index, member) => {
        const tally = tallied(software, member);
        const set = exceptions.length === 0 ? undefined : accepted.get(fleet.vulnerabilities[place] ?? '');
        const isAccepted = set?.some((each) => excepts(each, member.software, group.endpointId)) === true;
        const sums = isAccepted ? tally.accepted : tally.open;
        sums.touched[index] = (sums.touched[index] ?? 0) + group.count;
        if (!isAccepted && member.software.fixVersions[index] !== null) fixable = true;
        if (stamps[place] === stamp) return;
        stamps[place] = stamp;
        sums.count[index] = (sums.count[index] ?? 0) + group.count;
        const share = (scores[place] ?? 0) / Math.max(1, shares[place] ?? 1);
        sums.risk[index] = (sums.risk[index] ?? 0) + share * group.count;
      });
      if (fixable) endpoints.set(key, (endpoints.get(key) ?? 0) + group.count);
    }
  }
  return { software, endpoints };
}

function eachOpen(members: readonly Member[], visit: (place: number, index: number, member: Member) => void): void {
  for (const member of members) {
    const { vulnerabilities, toMs } = member.software;
    for (let index = 0; index < vulnerabilities.length; index += 1)
      if (toMs[index] === Infinity) visit(vulnerabilities[index] ?? 0, index, member);
  }
}

function tallied(software: Map<number, SoftwareTally>, { id, software: verdicts }: Member): SoftwareTally {
  let tally = software.get(id);
  if (tally === undefined) software.set(id, (tally = { open: emptySums(verdicts), accepted: emptySums(verdicts) }));
  return tally;
}

function emptySums({ vulnerabilities: { length } }: SoftwareVerdicts): Sums {
  return { risk: new Float64Array(length), count: new Float64Array(length), touched: new Float64Array(length) };
}
