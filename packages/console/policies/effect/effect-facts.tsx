import type { PolicyEffect } from '@thimble/protocol';
import { Facts } from '../../endpoints/facts.tsx';
import { Ago } from '../../format/moment.tsx';
import { formatCount, plural } from '../../format/quantity.ts';

/** What a policy would take, and whom it leaves out. */
export function EffectFacts({ effect }: { effect: PolicyEffect }) {
  return (
    <Facts
      facts={[
        ['Updates', formatCount(effect.updateCount)],
        ['Soonest deadline', <Ago key="deadline" at={effect.soonestDeadline} fallback="none" />],
        [
          'In no ring',
          effect.ringless === 0 ? 'nobody' : `${plural(effect.ringless, 'endpoint')}: nothing patches them`,
        ],
        ['Follow another policy', effect.overruled === 0 ? 'nobody' : plural(effect.overruled, 'endpoint')],
      ]}
    />
  );
}
