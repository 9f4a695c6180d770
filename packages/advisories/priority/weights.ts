import type { PriorityInput, RuntimeExposure } from './priority.ts';

/**
 * The points of the arithmetic; docs/priorities.md shows the same table, and a test keeps both in step. All that counts
 * against a vulnerability together makes 100: nothing is cut off at the top, so that two bad ones keep their order.
 */
export const WEIGHTS = {
  /** Per point of the CVSS base score: 35 at most. */
  cvssPoint: 3.5,
  /** Base score that stands in where nobody scored: by the publisher's word. */
  severityScore: { critical: 9.5, high: 8, medium: 5.5, low: 2.5, none: 0, unknown: 7 },
  exploitation: { active: 25, poc: 10, none: 0 },
  ransomware: 5,
  /** Times the square root of the probability: the step from 0.1 % to 1 % says more than the one from 91 % to 92 %. */
  epss: 10,
  /** Probability that stands in where EPSS has not scored (yet). */
  epssUnknown: 0.05,
  automatable: { yes: 5, no: 0, unknown: 3 },
  runtime: { dormant: -10, running: 0, 'listens-on-loopback': 2, unknown: 4, 'listens-beyond': 8 } satisfies Record<
    RuntimeExposure,
    number
  >,
  assetExposure: { isolated: -6, internal: 0, unknown: 4, internet: 6 } satisfies Record<
    PriorityInput['assetExposure'],
    number
  >,
  assetCriticality: { low: -4, medium: 0, unknown: 2, high: 6 } satisfies Record<
    PriorityInput['assetCriticality'],
    number
  >,
} as const;
