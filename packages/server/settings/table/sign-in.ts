import type { Setting } from './setting.ts';

/** How people sign in, and for how long. */
export const signInSettings = [
  {
    name: 'sessionHours',
    type: 'integer',
    range: [1, 720],
    default: 12,
    description: 'Hours after which a person has to sign in again.',
  },
  {
    name: 'sessionIdleMinutes',
    type: 'integer',
    range: [5, 43_200],
    default: 120,
    description:
      'Minutes without a request after which a person has to sign in again. An open console asks each minute.',
  },
  {
    name: 'identityProviderHosts',
    type: 'text',
    default: undefined,
    description:
      'Hosts of identity providers that are inside your own network, separated by commas. Without it only public ones are asked, by https.',
  },
  {
    name: 'signInLinkMinutes',
    type: 'integer',
    range: [1, 1_440],
    default: 30,
    description: 'Minutes for which a sign-in link works.',
  },
] as const satisfies readonly Setting[];
