import type { RolloutAction, RolloutMember } from '@thimble/protocol';
import { iso, recount, withEvent, withMembers, withRing, withState, type FakeRollout } from './fake-rollout.ts';

interface Asked {
  readonly ring?: string;
  readonly endpoints?: readonly string[];
  readonly reason?: string;
  readonly until?: string;
}

const RUNNING: readonly RolloutAction[] = ['halt', 'skip-gate', 'roll-back', 'cancel'];

/** What becomes of a rollout by a decision of `operator`. */
export function decided(rollout: FakeRollout, decision: string, asked: Asked, nowMs: number): FakeRollout {
  const chosen = (member: RolloutMember): boolean =>
    asked.endpoints === undefined
      ? asked.ring === undefined || member.ring === asked.ring
      : asked.endpoints.includes(member.endpointId);
  const told = (next: FakeRollout, kind: string, words: string): FakeRollout =>
    withEvent(next, nowMs, 'operator', kind, words, asked.ring ?? null);
  switch (decision) {
    case 'approve':
      return told(approved(rollout, asked.ring), 'approved', 'operator approved');
    case 'halt':
      return told(
        withState(rollout, { state: 'halted', explanation: `halted by operator: ${asked.reason ?? ''}` }, [
          'resume',
          'roll-back',
          'cancel',
        ]),
        'halted',
        `operator halted it: ${asked.reason ?? ''}`,
      );
    case 'resume':
      return told(
        withState(letGo(rollout), { state: 'running', explanation: 'goes on' }, RUNNING),
        'resumed',
        'operator resumed it',
      );
    case 'cancel':
      return told(
        withState(rollout, { state: 'cancelled', explanation: 'cancelled by operator', endedAt: iso(nowMs) }, []),
        'cancelled',
        'operator cancelled it',
      );
    case 'skip-gate': {
      const at = rollout.detail.rings.findIndex(({ name }) => name === asked.ring);
      return told(
        withRing(rollout, at, { state: 'passed', passedAt: iso(nowMs), skippedBy: 'operator', explanation: '' }),
        'gate-skipped',
        `operator passed the gate: ${asked.reason ?? ''}`,
      );
    }
    case 'roll-back':
      return told(rolledBack(rollout, chosen, asked), 'rolled-back', `operator ordered it: ${asked.reason ?? ''}`);
    case 'retry':
      return told(
        withMembers(rollout, (member) => chosen(member) && member.outcome === 'failed', {
          outcome: 'waiting',
          explanation: 'is asked anew',
          wait: 'plan',
        }),
        'retried',
        'operator retried failed endpoints',
      );
    case 'hold':
      return told(
        withMembers(rollout, chosen, {
          hold: { by: 'operator', reason: asked.reason ?? '', until: asked.until ?? null },
          explanation: `held by operator: ${asked.reason ?? ''}`,
          wait: 'hold',
        }),
        'held',
        'operator holds endpoints',
      );
    case 'release':
      return told(
        withMembers(rollout, chosen, { hold: null, explanation: 'waits for its ring', wait: 'ring' }),
        'released',
        '',
      );
    default:
      return told(rollout, decision, `operator: ${decision}`);
  }
}

function approved(rollout: FakeRollout, ring: string | undefined): FakeRollout {
  if (ring === undefined) {
    const { detail, members } = withState(rollout, { state: 'running', explanation: 'goes on' }, RUNNING);
    return {
      members,
      detail: { ...detail, approvals: { ...detail.approvals, by: [...detail.approvals.by, 'operator'] } },
    };
  }
  const at = rollout.detail.rings.findIndex(({ name }) => name === ring);
  const { approvals } = rollout.detail.rings[at] ?? { approvals: { required: 0, by: [] } };
  return withRing(rollout, at, { approvals: { ...approvals, by: [...approvals.by, 'operator'] } });
}

function rolledBack(rollout: FakeRollout, chosen: (member: RolloutMember) => boolean, asked: Asked): FakeRollout {
  const back = withMembers(rollout, (member) => chosen(member) && member.outcome !== 'waiting', {
    outcome: 'left-out',
    state: 'rolled-back',
    explanation: 'back at the versions before',
    wait: null,
    waitsUntil: null,
  });
  if (asked.endpoints !== undefined || asked.ring !== undefined) return back;
  const rings = back.detail.rings.map((ring) =>
    ring.openedAt === null ? ring : { ...ring, state: 'rolled-back' as const, explanation: '' },
  );
  return recount(
    withState(
      { ...back, detail: { ...back.detail, rings } },
      { state: 'rolled-back', explanation: `rolled back by operator: ${asked.reason ?? ''}` },
      [],
    ),
  );
}

function letGo(rollout: FakeRollout): FakeRollout {
  const { detail } = rollout;
  return { ...rollout, detail: { ...detail, failedElsewhere: { ...detail.failedElsewhere, holds: false } } };
}
