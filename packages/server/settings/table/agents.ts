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
    name: 'agentCanaryPercent',
    type: 'integer',
    range: [0, 100],
    default: 5,
    description:
      'How many endpoints of each organisation are told of a new version of the agent first, where no labels `agent-canary` say which. 0: nobody is told.',
  },
  {
    name: 'agentSoakHours',
    type: 'integer',
    range: [0, 720],
    default: 24,
    description: 'So many hours a new version of the agent has to do well before more endpoints are told of it.',
  },
  {
    name: 'heldRequestS',
    type: 'integer',
    range: [1, 55],
    default: 50,
    description: 'Longest time in seconds for which an agent\u2019s request for orders is held open.',
  },
] as const satisfies readonly Setting[];
