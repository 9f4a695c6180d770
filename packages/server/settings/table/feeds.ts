import type { Setting } from './setting.ts';

/** Where advisories come from. */
export const feedSettings = [
  {
    name: 'feeds',
    type: 'choice',
    choices: ['auto', 'off'],
    default: 'auto',
    description:
      'Whether advisories are fetched from their publishers: `auto` those that the fleet’s software needs; `off` none, they come by import.',
  },
  {
    name: 'feedMirror',
    type: 'url',
    default: undefined,
    description:
      'Address (http or https) of a mirror that has a folder for each feed, as `thimble feeds serve` gives it. Without it the publishers are asked.',
  },
  {
    name: 'feedProxy',
    type: 'url',
    default: undefined,
    secret: true,
    description: 'HTTP proxy by which feeds are fetched. Without it the publishers are asked directly.',
  },
  {
    name: 'feedNoProxy',
    type: 'text',
    default: undefined,
    description: 'Hosts that are asked without the proxy, separated by commas.',
  },
  {
    name: 'feedKeys',
    type: 'text',
    default: undefined,
    description:
      'Fingerprints of the keys whose bundles of advisories may be imported, separated by commas (`thimble feeds key` shows one).',
  },
] as const satisfies readonly Setting[];
