import type { EndpointState, EndpointSummary } from '@thimble/protocol';

export type Tone = 'good' | 'notice' | 'danger' | 'busy' | 'wait' | 'failed' | 'quiet';

export interface StateLook {
  readonly label: string;
  readonly tone: Tone;
  /** One line for filters and legends. */
  readonly meaning: string;
}

export const ENDPOINT_STATES: Readonly<Record<EndpointState, StateLook>> = {
  exposed: { label: 'Exposed', tone: 'danger', meaning: 'security updates are pending' },
  failed: { label: 'Failed', tone: 'failed', meaning: 'the last order failed' },
  waits: { label: 'Waits', tone: 'wait', meaning: 'installed, but not effective yet' },
  patching: { label: 'Patching', tone: 'busy', meaning: 'an order is under way' },
  pending: { label: 'Pending', tone: 'notice', meaning: 'updates are pending, none for security' },
  unknown: { label: 'Unknown', tone: 'quiet', meaning: 'not scanned yet, or the scan has gaps' },
  stale: { label: 'Stale', tone: 'quiet', meaning: 'silent for longer than three check-ins' },
  current: { label: 'Current', tone: 'good', meaning: 'nothing is pending' },
};

const STANDINGS: Readonly<Record<NonNullable<EndpointSummary['standing']>, StateLook>> = {
  waiting: { label: 'Waiting', tone: 'wait', meaning: 'somebody has to let it in' },
  quarantined: { label: 'Quarantine', tone: 'failed', meaning: 'it gets neither orders nor content' },
};

/** What there is to say first: whether it may do anything at all, then how it is patched. */
export function endpointLook({ state, standing }: Pick<EndpointSummary, 'state' | 'standing'>): StateLook {
  return standing === undefined ? ENDPOINT_STATES[state] : STANDINGS[standing];
}

/** What needs attention comes first. */
export const ENDPOINT_STATE_ORDER = Object.keys(ENDPOINT_STATES) as EndpointState[];

export function isEndpointState(value: unknown): value is EndpointState {
  return typeof value === 'string' && Object.hasOwn(ENDPOINT_STATES, value);
}
