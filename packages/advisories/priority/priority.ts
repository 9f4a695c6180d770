import type { FactOf } from '../model/index.ts';

/** How vulnerable code is used on one endpoint. `unknown`: the agent could not look. */
export type RuntimeExposure =
  /** Not loaded by any process. */
  | 'dormant'
  /** Mapped in a running process that listens nowhere. */
  | 'running'
  | 'listens-on-loopback'
  | 'listens-beyond'
  | 'unknown';

export interface PriorityInput {
  readonly vulnerability: string;
  /** Base score 0 to 10, the highest trusted one; null: nobody scored it. */
  readonly cvss: number | null;
  readonly cvssVector: string | null;
  readonly vendorSeverity: string | null;
  readonly kev: FactOf<'kev'> | null;
  readonly epss: FactOf<'epss'> | null;
  readonly ssvc: FactOf<'ssvc'> | null;
  readonly exploit: FactOf<'exploit'> | null;
  readonly exposure: RuntimeExposure;
  readonly assetCriticality: 'low' | 'medium' | 'high' | 'unknown';
  readonly assetExposure: 'isolated' | 'internal' | 'internet' | 'unknown';
}

export type Decision = 'track' | 'track-star' | 'attend' | 'act';
export type SeverityLevel = 'critical' | 'high' | 'medium' | 'low' | 'none' | 'unknown';

/** One step of the arithmetic, in the order in which it was done. */
export interface PriorityStep {
  readonly name: string;
  readonly value: string;
  /** Points that it adds or takes. */
  readonly points: number;
  readonly why: string;
}

export interface Priority {
  /** 0 to 100: the sum of the steps' points, cut off at both ends. */
  readonly score: number;
  readonly severity: SeverityLevel;
  readonly decision: Decision;
  readonly decisionWhy: string;
  readonly steps: readonly PriorityStep[];
}
