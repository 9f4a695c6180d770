import type { RolloutAction } from '@thimble/rollouts';
import type { Checker } from './checker.ts';

const BEGINS: ReadonlySet<RolloutAction['kind']> = new Set([
  'ask',
  'try',
  'pre-stage',
  'apply',
  'restart-services',
  'reboot',
  'retry',
  'open-ring',
  'pass-gate',
]);

/** Halted, cancelled or held: nothing begins. */
export const haltChecker: Checker = {
  name: 'halt',
  watch({ complain }) {
    let halted = false;
    const held = new Set<string>();
    return (event) => {
      if (event.kind === 'operator') {
        const { act } = event;
        if (act.kind === 'halt' || act.kind === 'cancel') halted = true;
        if (act.kind === 'resume') halted = false;
        if (act.kind === 'hold') held.add(act.endpointId);
        if (act.kind === 'release') held.delete(act.endpointId);
      }
      if (event.kind !== 'acted') return;
      const { action } = event;
      if (halted && BEGINS.has(action.kind)) complain(`${action.kind} while the rollout is halted`);
      if (action.kind === 'halt') halted = true;
      if ('endpointId' in action && held.has(action.endpointId) && BEGINS.has(action.kind))
        complain(`${action.kind} on ${action.endpointId}, which is held`);
    };
  },
};

/** What is recalled is not ordered any more; what was ordered before may still come to its end. */
export const blockChecker: Checker = {
  name: 'blocks',
  watch({ ledger, complain }) {
    const blockedAtMs = new Map<string, number>();
    return (event, nowMs) => {
      if (event.kind === 'blocked') blockedAtMs.set(event.version, nowMs);
      if (event.kind !== 'begun' || event.order !== 'apply') return;
      const issuedAtMs = ledger.order(event.orderId)?.issuedAtMs ?? nowMs;
      for (const { name, to } of event.changes)
        if ((blockedAtMs.get(`${name} ${to ?? ''}`) ?? Infinity) < issuedAtMs)
          complain(`${event.endpointId} installs ${name} ${to ?? ''}, which was recalled before it was ordered`);
    };
  },
};

export const rebootChecker: Checker = {
  name: 'reboots',
  watch({ scenario, complain }) {
    const { when, staggerMs } = scenario.policy.deploy.reboot;
    const last = new Map<number, number>();
    return (event, nowMs) => {
      if (event.kind === 'rebooted' && when === 'never')
        complain(`${event.endpointId} reboots, which the policy forbids`);
      if (event.kind !== 'acted' || event.action.kind !== 'reboot') return;
      const { endpointId } = event.action;
      const ring = scenario.endpoints.find(({ id }) => id === endpointId)?.ring ?? 0;
      if (nowMs - (last.get(ring) ?? -Infinity) < staggerMs)
        complain(`${endpointId} reboots too soon after another one`);
      last.set(ring, nowMs);
    };
  },
};

/** A plan that fails is asked for five times; what was withdrawn, was late or was wanted by people is not counted. */
const ATTEMPTS = 5;

export const attemptChecker: Checker = {
  name: 'attempts',
  watch({ ledger, complain }) {
    const forgiven = new Map<string, number>();
    return (event) => {
      if (event.kind === 'operator' && event.act.kind === 'retry')
        forgiven.set(event.act.endpointId, (forgiven.get(event.act.endpointId) ?? 0) + 1);
      if (event.kind !== 'issued' || event.order !== 'plan') return;
      const refused = ledger
        .ordersOf(event.endpointId)
        .filter(({ order, result }) => order === 'plan' && result?.kind === 'refused').length;
      if (refused >= ATTEMPTS + (forgiven.get(event.endpointId) ?? 0))
        complain(`${event.endpointId} is asked again after ${refused} refusals`);
    };
  },
};
