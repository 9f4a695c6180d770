import type { Setting } from './setting.ts';

/** What rollouts ask beside endpoints. */
export const rolloutSettings = [
  {
    name: 'prometheusUrl',
    type: 'url',
    default: undefined,
    secret: true,
    description:
      'Address (http or https) of the Prometheus that probes of rollout gates ask, such as http://prometheus.internal:9090; it may have a user and a password. Without it a gate with a probe stays closed.',
  },
] as const satisfies readonly Setting[];
