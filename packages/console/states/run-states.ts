import type { Finding, OrderStage, RunState, TargetState } from '@thimble/protocol';
import type { StateLook } from './endpoint-states.ts';

export const RUN_STATES: Readonly<Record<RunState, StateLook>> = {
  planning: { label: 'Planning', tone: 'busy', meaning: 'the endpoints compute their transactions' },
  'awaiting-approval': {
    label: 'Awaiting approval',
    tone: 'notice',
    meaning: 'nothing changes before somebody approves',
  },
  running: { label: 'Running', tone: 'busy', meaning: 'orders are under way' },
  finished: { label: 'Finished', tone: 'good', meaning: 'every endpoint has ended' },
  cancelled: { label: 'Cancelled', tone: 'quiet', meaning: 'stopped before it was finished' },
};

export const TARGET_STATES: Readonly<Record<TargetState, StateLook>> = {
  planning: { label: 'Planning', tone: 'busy', meaning: 'computes its transaction' },
  planned: { label: 'Planned', tone: 'notice', meaning: 'waits for approval' },
  'nothing-to-do': { label: 'Nothing to do', tone: 'good', meaning: 'no selected update is pending' },
  'plan-failed': { label: 'Plan failed', tone: 'failed', meaning: 'no transaction could be computed' },
  ordered: { label: 'Ordered', tone: 'busy', meaning: 'the order waits for the endpoint to take it' },
  working: { label: 'Working', tone: 'busy', meaning: 'the order is under way' },
  effective: { label: 'Effective', tone: 'good', meaning: 'installed, verified, in use' },
  'waits-for-reboot': { label: 'Waits for reboot', tone: 'wait', meaning: 'installed; effective after a reboot' },
  'waits-for-restart': { label: 'Waits for restart', tone: 'wait', meaning: 'installed; services use the old code' },
  rebooting: { label: 'Rebooting', tone: 'busy', meaning: 'the endpoint reboots' },
  refused: { label: 'Refused', tone: 'failed', meaning: 'the endpoint refused; nothing was changed' },
  failed: { label: 'Failed', tone: 'failed', meaning: 'the order failed' },
  cancelled: { label: 'Cancelled', tone: 'quiet', meaning: 'cancelled; nothing was changed' },
  'rolling-back': { label: 'Rolling back', tone: 'busy', meaning: 'goes back to the versions before' },
  'rolled-back': { label: 'Rolled back', tone: 'quiet', meaning: 'back at the versions before' },
};

export const FINDING_STATES: Readonly<Record<Finding['state'], StateLook>> = {
  open: { label: 'Open', tone: 'danger', meaning: 'the fix is not installed' },
  scheduled: { label: 'Scheduled', tone: 'busy', meaning: 'the fix is part of a run' },
  'installed-not-effective': { label: 'Not effective', tone: 'wait', meaning: 'installed, but old code still runs' },
  closed: { label: 'Closed', tone: 'good', meaning: 'fixed and effective' },
};

export const STAGES: Readonly<Record<OrderStage, string>> = {
  accepted: 'Accepted',
  repairing: 'Repairing dpkg',
  refreshing: 'Refreshing the index',
  planning: 'Planning',
  downloading: 'Downloading',
  trying: 'Trying on a clone',
  preparing: 'Preparing',
  installing: 'Installing',
  'restarting-services': 'Restarting services',
  'waiting-for-consent': 'Waiting for consent',
  rebooting: 'Rebooting',
  verifying: 'Verifying',
  checking: 'Checking health',
  finished: 'Finished',
};

/** Whether an order may be under way for a target in this state (while planned: one to fetch ahead), so that live progress belongs to it. */
export function isActive(state: TargetState): boolean {
  return ['planning', 'planned', 'ordered', 'working', 'rebooting', 'rolling-back'].includes(state);
}
