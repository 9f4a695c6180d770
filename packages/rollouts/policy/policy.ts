import type { EndpointFilter, HealthCheckDocument, UpdateFilter } from '@thimble/protocol';
import type { WindowRule } from '../calendar/window-rule.ts';

/** A policy as everything but its parser sees it: no defaults are open, lengths are milliseconds, names are resolved. */
export interface Policy {
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly priority: number;
  /** Whether the organisations below follow it too: unless they say otherwise, or whatever they say. */
  readonly clients: 'none' | 'inherit' | 'enforced';
  readonly scope: EndpointFilter;
  /** null: nobody. */
  readonly exclude: EndpointFilter | null;
  readonly select: UpdateFilter;
  /** Taken whatever `select` says; null: nothing more. */
  readonly always: UpdateFilter | null;
  readonly deadlines: Deadlines;
  readonly content: PolicyContent;
  readonly start: StartRule;
  readonly rings: readonly Ring[];
  /** Empty: any time. */
  readonly windows: readonly WindowRule[];
  readonly blackouts: readonly string[];
  readonly atOnce: AmountOf;
  readonly budgets: readonly Budget[];
  readonly approvals: {
    readonly required: number;
    /** null: anybody who may approve. */ readonly from: readonly string[] | null;
  };
  readonly deploy: Deploy;
  readonly onFailure: { readonly rollBack: 'nothing' | 'endpoint' | 'ring'; readonly block: boolean };
}

/** An absolute number, or a share in percent that is rounded up to at least one. */
export type AmountOf =
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'percent'; readonly percent: number };

/** From the day on which the vendor published; null: no deadline. */
export interface Deadlines {
  readonly kev: 'due-date' | number | null;
  readonly actMs: number | null;
  readonly attendMs: number | null;
  readonly criticalMs: number | null;
  readonly highMs: number | null;
  readonly mediumMs: number | null;
  readonly lowMs: number | null;
  readonly otherMs: number | null;
}

export type PolicyContent =
  | {
      readonly kind: 'new-snapshot';
      /** null: all that are enabled. */ readonly repositories: readonly string[] | null;
    }
  | { readonly kind: 'newest-snapshot' }
  | { readonly kind: 'channel'; readonly channel: string }
  | { readonly kind: 'endpoint' };

export interface StartRule {
  /** null: nobody's calendar starts it. */
  readonly every: WindowRule | null;
  readonly urgent: UpdateFilter | null;
}

export interface Ring {
  readonly name: string;
  readonly members:
    | { readonly kind: 'filter'; readonly filter: EndpointFilter }
    | { readonly kind: 'percent'; readonly percent: number }
    | { readonly kind: 'count'; readonly count: number }
    | { readonly kind: 'rest' };
  readonly soakMs: number;
  readonly gate: Gate;
  readonly trial: Trial;
  /** Indexes into the policy's windows; all of them when the ring names none. */
  readonly windows: readonly number[];
  readonly atOnce: AmountOf;
}

export interface Gate {
  readonly successAtLeastPercent: number;
  readonly failuresAtMost: AmountOf;
  readonly patchedAtLeast: number;
  readonly probes: readonly Probe[];
  readonly approvals: number;
}

export interface Probe {
  readonly name: string;
  readonly query: string;
  readonly atMost: number | null;
  readonly atLeast: number | null;
}

export interface Trial {
  readonly mode: 'each' | 'first' | 'none';
  readonly first: number;
  readonly whenImpossible: 'continue' | 'stop';
  readonly checks: readonly string[];
  readonly deadlineMs: number;
  readonly diskBytes: number;
  readonly memoryBytes: number;
}

export interface Budget {
  readonly per: { readonly kind: 'all' | 'site' | 'group' } | { readonly kind: 'label'; readonly key: string };
  readonly atMost: AmountOf;
}

export interface Deploy {
  /** 0: nothing is fetched ahead. */
  readonly preStageMs: number;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly fileSystemSnapshot: 'none' | 'where-possible' | 'required';
  readonly restartServices: boolean;
  readonly reboot: {
    readonly when: 'if-needed' | 'never' | 'always';
    readonly consent: 'none' | 'ask';
    readonly deferForMs: number;
    readonly staggerMs: number;
  };
  readonly checks: readonly HealthCheckDocument[];
  /** null: learned from history. */
  readonly expectedDurationMs: number | null;
}
