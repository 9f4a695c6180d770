import type { Setting } from './setting.ts';

/** How often endpoints report, and how their agents are kept new. */
export const agentSettings = [
  {
    name: 'checkInIntervalS',
    type: 'integer',
    range: [5, 86_400],
    default: 60,
    description: 'Seconds between two check-ins of an agent.',
  },
  {
    name: 'agentKeyDays',
    type: 'integer',
    range: [0, 3650],
    default: 90,
    description: 'Days after which an endpoint is told to make itself a new key. 0: only when somebody says so.',
  },
  {
    name: 'agentUpdates',
    type: 'path',
    default: undefined,
    description:
      'Folder of the repository of agents (TUF) that is served to endpoints. Without it DATA/updates; where that does not exist there are no updates of agents.',
  },
  {
    name: 'agentUpdatePercent',
    type: 'integer',
    range: [0, 100],
    default: 0,
    description:
      'How many of the endpoints are told that they may look for a new version of the agent: always the same ones first. 0: none.',
  },
  {
    name: 'heldRequestS',
    type: 'integer',
    range: [1, 55],
    default: 50,
    description: 'Longest time in seconds for which an agent\u2019s request for orders is held open.',
  },
] as const satisfies readonly Setting[];
