import { formatCount } from '../format/quantity.ts';
import classes from './clients.module.css';

/** How many of an organisation's endpoints lack a security update, as a number and as a part of a line. */
export function ExposedShare({ exposed, all }: { exposed: number; all: number }) {
  const percent = all === 0 ? 0 : Math.round((exposed / all) * 100);
  return (
    <span className={classes['share']} title={`${percent} % of its endpoints`}>
      <span className={classes['track']} aria-hidden>
        <span className={classes['part']} style={{ width: `${percent}%` }} />
      </span>
      <span className={classes['number']}>{formatCount(exposed)}</span>
    </span>
  );
}
