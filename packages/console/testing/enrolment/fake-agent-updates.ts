import type { AgentUpdateStatus, AgentVersionDecision, AgentVersionState } from '@thimble/protocol';
import type { FakeEndpoint } from '../fixtures/endpoints.ts';

const HOUR_MS = 3_600_000;
const STATES: Readonly<Record<AgentVersionDecision['decision'], AgentVersionState['state']>> = {
  pause: 'paused',
  resume: 'under-way',
  advance: 'under-way',
  block: 'blocked',
};

/** A version that canaries have, one before it that was halted, and one endpoint that went back. */
export function fakeAgentUpdates(fleet: readonly FakeEndpoint[], now: () => number): AgentUpdateStatus {
  const ago = (hours: number): string => new Date(now() - hours * HOUR_MS).toISOString();
  const [first] = fleet;
  const none = first === undefined || fleet.length < 2;
  const canaries = Math.max(1, Math.round(fleet.length / 20));
  const version = (name: string, rest: Partial<AgentVersionState>): AgentVersionState => ({
    version: name,
    state: 'under-way',
    wave: 0,
    waves: 3,
    waveSince: ago(9),
    startedAt: ago(9),
    explanation: `all of them run it, and have to do well until ${ago(-15).slice(0, 16).replace('T', ' ')} UTC`,
    counts: { proven: 0, soaking: canaries, taking: 0, lost: 0, absent: 0 },
    decidedBy: null,
    ...rest,
  });
  const reason = 'it did not check in within 10 minutes';
  return {
    canaryPercent: 5,
    soakHours: 24,
    takers: none ? 0 : fleet.length,
    repository: none ? 'absent' : 'offers',
    reason: null,
    offered: none ? {} : { 'linux-x64': '0.3.0' },
    running: none
      ? [{ version: '0.1.0', endpoints: fleet.length }]
      : [
          { version: '0.1.0', endpoints: fleet.length - canaries },
          { version: '0.3.0', endpoints: canaries },
        ],
    versions: none
      ? []
      : [
          version('0.3.0', {}),
          version('0.2.0', {
            state: 'halted',
            startedAt: ago(80),
            waveSince: ago(80),
            explanation: `went back to the version before: ${first.summary.hostname} (${reason})`,
            counts: { proven: 0, soaking: 0, taking: canaries, lost: 0, absent: 0 },
          }),
        ],
    givenUp: none
      ? []
      : [
          {
            endpointId: first.summary.id,
            hostname: first.summary.hostname,
            version: '0.2.0',
            reason,
            reportedAt: ago(79),
          },
        ],
  };
}

export function decided(status: AgentUpdateStatus, { version, decision }: AgentVersionDecision): AgentUpdateStatus {
  const versions = status.versions.map((each) =>
    each.version === version
      ? { ...each, state: STATES[decision], wave: each.wave + (decision === 'advance' ? 1 : 0) }
      : each,
  );
  return { ...status, versions };
}
