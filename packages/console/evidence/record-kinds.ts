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
  'exception-created': { label: 'Exception made', tone: 'notice' },
  'exception-revoked': { label: 'Exception revoked', tone: 'quiet' },
  'override-set': { label: 'Priority overridden', tone: 'notice' },
  'override-ended': { label: 'Override ended', tone: 'quiet' },
  'vex-imported': { label: 'VEX imported', tone: 'notice' },
  'feeds-imported': { label: 'Feeds imported', tone: 'quiet' },
  'feed-changed': { label: 'Feed changed', tone: 'quiet' },
  'repository-added': { label: 'Repository added', tone: 'notice' },
  'repository-changed': { label: 'Repository changed', tone: 'notice' },
  'repository-removed': { label: 'Repository removed', tone: 'notice' },
  'repository-fault': { label: 'Content refused', tone: 'danger' },
  'repository-recovered': { label: 'Repository recovered', tone: 'good' },
  'snapshot-created': { label: 'Snapshot made', tone: 'quiet' },
  'snapshot-changed': { label: 'Snapshot changed', tone: 'quiet' },
  'channel-moved': { label: 'Snapshot promoted', tone: 'notice' },
  'channel-removed': { label: 'Channel removed', tone: 'notice' },
  'content-changed': { label: 'Content settings changed', tone: 'quiet' },
  'content-exported': { label: 'Content exported', tone: 'notice' },
  'content-imported': { label: 'Content imported', tone: 'notice' },
  'block-created': { label: 'Package recalled', tone: 'danger' },
  'block-lifted': { label: 'Recall lifted', tone: 'notice' },
  'relay-created': { label: 'Relay added', tone: 'quiet' },
  'relay-removed': { label: 'Relay removed', tone: 'notice' },
};

export function kindLook(kind: EvidenceRecord['kind']): { readonly label: string; readonly tone: Tone } {
  return KINDS[kind];
}
