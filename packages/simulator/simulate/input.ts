import type { EndpointFilter, WhatIf } from '@thimble/protocol';
import type { EndpointTraits, Inheritance, Interval, Policy, UpdateTraits } from '@thimble/rollouts';

/** All that a simulation knows of the present, and what it assumes of the future. The same input gives the same result. */
export interface SimulationInput {
  readonly startMs: number;
  /** At most `SIMULATION_LIMITS.days`. */
  readonly days: number;
  /** Those in force; an endpoint follows one of them, by their precedence. */
  readonly policies: readonly SimulatedPolicy[];
  readonly endpoints: readonly SimulatedEndpoint[];
  /** What is pending now, once for all endpoints that lack the same; by any key. */
  readonly lists: ReadonlyMap<string, readonly SimulatedUpdate[]>;
  /** Blackout calendars by name. One that a policy names and that is not here is a gap, and counts as empty. */
  readonly calendars: ReadonlyMap<string, readonly Interval[]>;
  /** Stretches in which nothing begins on some endpoints. */
  readonly freezes: readonly (Interval & { readonly scope: EndpointFilter; readonly why: string })[];
  readonly whatIf: readonly WhatIf[];
  /** Made-up updates that are published each week, besides. */
  readonly updatesPerWeek: number;
  /** Failures and absences are drawn from this; null: nothing fails and everybody is there. */
  readonly faultsSeed: number | null;
  /** Of installations, for how many fail when faults are drawn: learned from history; left out: 1 in 100. */
  readonly failureShare?: number;
  readonly limits?: {
    /** Told while it goes on, 0 to 100. May throw: then the simulation ends with it. */
    readonly progress?: (percent: number) => void;
  };
}

export interface SimulatedPolicy {
  /** What `assignRings` hashes: keep it the same from one simulation to the next. */
  readonly id: string;
  readonly policy: Policy;
  /** Whose it is; null or left out: the organisation's own. */
  readonly inherited?: Inheritance | null;
}

export interface SimulatedEndpoint {
  readonly id: string;
  readonly traits: EndpointTraits;
  /** IANA. */
  readonly timeZone: string;
  /** Key into `lists`; null: nothing is known of it, which is a gap. */
  readonly list: string | null;
  /** Answers now. Who is off stays off when no faults are drawn. */
  readonly online: boolean;
  /** How long an installation takes, learned from its history; null: not known. */
  readonly expectedMs: number | null;
}

/** One update that a group of endpoints lacks. */
export interface SimulatedUpdate extends UpdateTraits {
  /** `openssl 3.0.22-1`: the source package and the version that fixes it. */
  readonly patch: string;
  /** When the first fix of what it closes was published, in whatever version: from here deadlines count. Left out: from its own publication. */
  readonly fixedSinceMs?: number | null;
  readonly downloadBytes: number;
  /** Whether it is effective after a reboot only; null: not known, then by its name (a kernel, glibc). */
  readonly needsReboot: boolean | null;
}
