import type { EvidenceRecord } from '@thimble/protocol';
import type { Tone } from '../states/endpoint-states.ts';

const KINDS: Readonly<Record<EvidenceRecord['kind'], { readonly label: string; readonly tone: Tone }>> = {
  'endpoint-enrolled': { label: 'Endpoint enrolled', tone: 'quiet' },
  'endpoint-removed': { label: 'Endpoint removed', tone: 'notice' },
  'run-created': { label: 'Run created', tone: 'quiet' },
  'transaction-planned': { label: 'Transaction planned', tone: 'quiet' },
  'run-approved': { label: 'Run approved', tone: 'wait' },
  'order-issued': { label: 'Order issued', tone: 'busy' },
  'order-cancelled': { label: 'Order cancelled', tone: 'notice' },
  'outcome-recorded': { label: 'Outcome recorded', tone: 'busy' },
  'finding-closed': { label: 'Finding closed', tone: 'good' },
  'signed-in': { label: 'Signed in', tone: 'quiet' },
  'token-created': { label: 'Token created', tone: 'quiet' },
};

export function kindLook(kind: EvidenceRecord['kind']): { readonly label: string; readonly tone: Tone } {
  return KINDS[kind];
}
