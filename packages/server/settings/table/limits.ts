import type { Setting } from './setting.ts';

/** Requests of each principal. */
export const limitSettings = [
  {
    name: 'requestsPerMinute',
    type: 'integer',
    range: [10, 1_000_000],
    default: 3000,
    description: 'Requests of one session or API token a minute; what is more is answered with 429.',
  },
  {
    name: 'addressRequestsPerMinute',
    type: 'integer',
    range: [10, 1_000_000],
    default: 12_000,
    description:
      'Requests of people from one address a minute, signed in or not. Behind a proxy that is not in trusted-proxies all people have one address.',
  },
  {
    name: 'agentRequestsPerMinute',
    type: 'integer',
    range: [10, 1_000_000],
    default: 600,
    description: 'Requests of one endpoint a minute, content not counted.',
  },
] as const satisfies readonly Setting[];
