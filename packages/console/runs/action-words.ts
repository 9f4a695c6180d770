import type { RunAction } from '../api/actions.ts';

interface ActionWords {
  readonly label: string;
  readonly done: string;
  readonly danger: boolean;
}

export const ACTION_WORDS: Readonly<Record<RunAction, ActionWords>> = {
  retry: { label: 'Retry', done: 'Tried again', danger: false },
  'restart-services': { label: 'Restart services', done: 'The restart of services was ordered', danger: false },
  'pre-stage': { label: 'Fetch ahead', done: 'Endpoints fetch ahead what was planned', danger: false },
  trial: { label: 'Try', done: 'Endpoints try what was planned on a clone', danger: false },
  reboot: { label: 'Reboot', done: 'The reboot was ordered', danger: true },
  'roll-back': { label: 'Roll back', done: 'The roll back was ordered', danger: true },
  cancel: { label: 'Cancel', done: 'Cancelled where nothing was changed yet', danger: true },
};

export const RUN_ACTIONS = Object.keys(ACTION_WORDS) as RunAction[];
