import type { AgentVersionState } from '@thimble/protocol';
import type { StateLook } from '../../states/endpoint-states.ts';

const LOOKS: Readonly<Record<AgentVersionState['state'], StateLook>> = {
  'under-way': { label: 'Under way', tone: 'busy', meaning: 'It advances by itself' },
  paused: { label: 'Paused', tone: 'wait', meaning: 'Nobody else is told until somebody resumes it' },
  halted: { label: 'Halted', tone: 'failed', meaning: 'An endpoint went back, so nobody else is told' },
  blocked: { label: 'Blocked', tone: 'danger', meaning: 'Nobody is told of it' },
  finished: { label: 'Everywhere', tone: 'good', meaning: 'Endpoints that enrol later are told too' },
};

export function lookOfVersion({ state }: AgentVersionState): StateLook {
  return LOOKS[state];
}

export function waveInWords({ wave, waves }: AgentVersionState): string {
  return wave === 0 ? 'canaries' : `wave ${wave + 1} of ${waves}`;
}
