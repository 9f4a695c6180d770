import { isAutomatable, technicalImpactOf } from './cvss-vector.ts';
import { exploitationOf, type Exploitation } from './exploitation.ts';
import type { Decision, PriorityInput } from './priority.ts';

type Impact = 'partial' | 'total';
type Mission = 'low' | 'medium' | 'high';
type Exposure = 'small' | 'controlled' | 'open';

/**
 * CISA's Stakeholder-Specific Vulnerability Categorization (SSVC guide, November 2022, decision table): exploitation,
 * automatable, technical impact, and in each row the decision for a mission impact of low, medium and high.
 */
export const SSVC_TABLE: readonly {
  readonly exploitation: Exploitation;
  readonly automatable: boolean;
  readonly impact: Impact;
  readonly decisions: Readonly<Record<Mission, Decision>>;
}[] = [
  row('none', false, 'partial', 'track', 'track', 'track'),
  row('none', false, 'total', 'track', 'track', 'track-star'),
  row('none', true, 'partial', 'track', 'track', 'attend'),
  row('none', true, 'total', 'track', 'track', 'attend'),
  row('poc', false, 'partial', 'track', 'track', 'track-star'),
  row('poc', false, 'total', 'track', 'track-star', 'attend'),
  row('poc', true, 'partial', 'track', 'track', 'attend'),
  row('poc', true, 'total', 'track', 'track-star', 'attend'),
  row('active', false, 'partial', 'track', 'track', 'attend'),
  row('active', false, 'total', 'track', 'attend', 'act'),
  row('active', true, 'partial', 'attend', 'attend', 'act'),
  row('active', true, 'total', 'attend', 'act', 'act'),
];

/** How reachable the code is: the asset's place and what the process does there. Unknown counts as worse. */
export const EXPOSURE_TABLE = {
  isolated: {
    dormant: 'small',
    running: 'small',
    'listens-on-loopback': 'small',
    'listens-beyond': 'small',
    unknown: 'small',
  },
  internal: {
    dormant: 'small',
    running: 'controlled',
    'listens-on-loopback': 'controlled',
    'listens-beyond': 'controlled',
    unknown: 'controlled',
  },
  internet: {
    dormant: 'small',
    running: 'controlled',
    'listens-on-loopback': 'controlled',
    'listens-beyond': 'open',
    unknown: 'open',
  },
  unknown: {
    dormant: 'small',
    running: 'controlled',
    'listens-on-loopback': 'controlled',
    'listens-beyond': 'open',
    // Nothing is known of the machine at all: to call each of its vulnerabilities urgent would say nothing of any.
    unknown: 'controlled',
  },
} as const satisfies Record<PriorityInput['assetExposure'], Record<PriorityInput['exposure'], Exposure>>;

/**
 * Track: with the regular updates. Track*: watch for changes. Attend: sooner than the regular updates. Act: now. The tree is
 * CISA's; its mission impact is the asset's criticality, one step lower where exposure is small and one higher where open.
 */
export function decide(input: PriorityInput): { readonly decision: Decision; readonly why: string } {
  const exploitation = exploitationOf(input);
  const automatable = automatableOf(input);
  const impact = impactOf(input);
  const exposure = EXPOSURE_TABLE[input.assetExposure][input.exposure];
  const mission = missionOf(input.assetCriticality, exposure);
  const found = SSVC_TABLE.find(
    (each) =>
      each.exploitation === exploitation.level &&
      each.automatable === automatable.value &&
      each.impact === impact.value,
  );
  // The table is total, and a test walks all of it.
  const decision = found?.decisions[mission] ?? 'act';
  const why = [
    `exploitation ${exploitation.level}: ${exploitation.why}`,
    `${automatable.value ? '' : 'not '}automatable: ${automatable.why}`,
    `technical impact ${impact.value}: ${impact.why}`,
    `mission impact ${mission}: criticality ${input.assetCriticality === 'unknown' ? 'not stated, taken as medium' : input.assetCriticality}, ` +
      `exposure ${exposure}${unknownsOf(input)}`,
  ].join('; ');
  return { decision, why };
}

export function automatableOf({ ssvc, cvssVector }: PriorityInput): {
  readonly value: boolean;
  readonly known: boolean;
  readonly why: string;
} {
  if (ssvc !== null) return { value: ssvc.automatable, known: true, why: 'CISA states so (SSVC)' };
  const derived = isAutomatable(cvssVector);
  if (derived === null) return { value: true, known: false, why: 'nobody states it, so the worse is assumed' };
  const why = derived
    ? "over the network, without conditions, rights or a user's action (CVSS)"
    : "the CVSS vector names a condition, rights, a user's action or a nearer attacker";
  return { value: derived, known: true, why };
}

function impactOf({ ssvc, cvssVector }: PriorityInput): { readonly value: Impact; readonly why: string } {
  if (ssvc !== null) return { value: ssvc.technicalImpact, why: 'CISA states so (SSVC)' };
  const derived = technicalImpactOf(cvssVector);
  if (derived === null) return { value: 'total', why: 'nobody states it, so the worse is assumed' };
  return {
    value: derived,
    why: derived === 'total' ? 'confidentiality, integrity and availability are lost (CVSS)' : 'not all is lost (CVSS)',
  };
}

const MISSIONS: readonly Mission[] = ['low', 'medium', 'high'];

function missionOf(criticality: PriorityInput['assetCriticality'], exposure: Exposure): Mission {
  const stated = MISSIONS.indexOf(criticality === 'unknown' ? 'medium' : criticality);
  const shift = { small: -1, controlled: 0, open: 1 }[exposure];
  return MISSIONS[Math.min(2, Math.max(0, stated + shift))] ?? 'high';
}

function unknownsOf({ exposure, assetExposure }: PriorityInput): string {
  const unknown = [
    ...(assetExposure === 'unknown' ? ['where the asset is'] : []),
    ...(exposure === 'unknown' ? ['whether the code runs and listens'] : []),
  ];
  const assumed = unknown.length > 1 ? 'the middle' : 'the worse';
  return unknown.length === 0 ? '' : ` (${unknown.join(' and ')} is not known, so ${assumed} is assumed)`;
}

function row(
  exploitation: Exploitation,
  automatable: boolean,
  impact: Impact,
  low: Decision,
  medium: Decision,
  high: Decision,
) {
  return { exploitation, automatable, impact, decisions: { low, medium, high } } as const;
}
