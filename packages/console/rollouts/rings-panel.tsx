import type { RolloutDetail } from '@thimble/protocol';
import { RingCard } from './ring-card.tsx';
import classes from './rollouts.module.css';

/** Every ring in its order: where it stands, and what its gate waits for. */
export function RingsPanel({ rollout }: { rollout: RolloutDetail }) {
  return (
    <section aria-label="Rings" className={classes['rings']}>
      {rollout.rings.map((ring) => (
        <RingCard key={ring.name} rollout={rollout} ring={ring} />
      ))}
    </section>
  );
}
