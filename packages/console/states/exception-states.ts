import type { Exception } from '@thimble/protocol';
import type { StateLook } from './endpoint-states.ts';

export type ExceptionState = 'active' | 'expiring' | 'expired' | 'revoked';

export const EXCEPTION_STATES: Readonly<Record<ExceptionState, StateLook>> = {
  expiring: { label: 'Expires soon', tone: 'notice', meaning: 'active, and ends within two weeks' },
  active: { label: 'Active', tone: 'busy', meaning: 'what it covers is not counted as open' },
  expired: { label: 'Expired', tone: 'quiet', meaning: 'its end has come: what it covered is open again' },
  revoked: { label: 'Revoked', tone: 'quiet', meaning: 'somebody took it back' },
};
export const EXCEPTION_STATE_ORDER = Object.keys(EXCEPTION_STATES) as ExceptionState[];

/** Two weeks: enough to arrange a maintenance window before it ends. */
const SOON_MS = 14 * 86_400_000;

export function exceptionState({ active, revokedAt, expiresAt }: Exception, nowMs: number): ExceptionState {
  if (revokedAt !== null) return 'revoked';
  if (!active) return 'expired';
  if (expiresAt === null) return 'active';
  const leftMs = Date.parse(expiresAt) - nowMs;
  if (leftMs <= 0) return 'expired';
  return leftMs <= SOON_MS ? 'expiring' : 'active';
}

export const EXCEPTION_KINDS: Readonly<
  Record<Exception['kind'], { readonly label: string; readonly meaning: string }>
> = {
  accepted: { label: 'Accepted risk', meaning: 'It holds, and somebody bears the risk until an end.' },
  'not-affected': { label: 'Not affected', meaning: 'It cannot be used here, for a reason that VEX has a word for.' },
  'false-positive': {
    label: 'False positive',
    meaning: 'The verdict is wrong: what is installed is not this software.',
  },
};

/** VEX's words (CISA, Status Justifications, June 2022), which CSAF and CycloneDX both know. */
export const JUSTIFICATIONS = [
  { value: 'component_not_present', label: 'The component is not present' },
  { value: 'vulnerable_code_not_present', label: 'The vulnerable code is not present' },
  { value: 'vulnerable_code_not_in_execute_path', label: 'The vulnerable code is never executed' },
  {
    value: 'vulnerable_code_cannot_be_controlled_by_adversary',
    label: 'An adversary cannot control the vulnerable code',
  },
  { value: 'inline_mitigations_already_exist', label: 'Mitigations are built in already' },
] as const;

export function justificationWords(value: string): string {
  return JUSTIFICATIONS.find((one) => one.value === value)?.label ?? value;
}
