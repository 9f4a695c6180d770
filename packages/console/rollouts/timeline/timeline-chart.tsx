import type { CSSProperties } from 'react';
import { plural } from '../../format/quantity.ts';
import { formatMoment } from '../../format/time.ts';
import { RING_STATES } from '../../states/rollout-states.ts';
import { BAR_WORDS } from './bar-words.ts';
import type { Bar, Timeline } from './layout.ts';
import classes from './timeline.module.css';

const TALLEST = 100;

/** Rings over time: what was done is solid, what is predicted is hatched, planned starts stand above. */
export function TimelineChart({ timeline, label }: { timeline: Timeline; label: string }) {
  const { fromMs, toMs, nowMs, rows, ticks } = timeline;
  const place = (atMs: number): number => ((atMs - fromMs) / (toMs - fromMs)) * TALLEST;
  const box = (startMs: number, endMs: number): CSSProperties => ({
    left: `${place(startMs)}%`,
    width: `${Math.max(0.3, place(endMs) - place(startMs))}%`,
  });
  return (
    <div className={classes['chart']} role="img" aria-label={label}>
      <div className={classes['axis']}>
        {ticks.map((tick) => (
          <span key={tick} className={classes['tick']} style={{ left: `${place(tick)}%` }}>
            {tickWords(tick)}
          </span>
        ))}
      </div>
      {rows.map(({ ring, bars }) => {
        const most = ring.slots.reduce((largest, { count }) => Math.max(largest, count), 1);
        return (
          <div key={ring.name} className={classes['row']}>
            <div className={classes['name']} data-tone={RING_STATES[ring.state].tone}>
              <span className="truncate">{ring.name}</span>
              <span className={classes['state']}>{RING_STATES[ring.state].label}</span>
            </div>
            <div className={classes['track']}>
              {ticks.map((tick) => (
                <span key={tick} className={classes['line']} style={{ left: `${place(tick)}%` }} />
              ))}
              {ring.slots.map((slot) => (
                <span
                  key={`${slot.startsAt} ${slot.window ?? ''}`}
                  className={classes['slot']}
                  style={{
                    ...box(Date.parse(slot.startsAt), Date.parse(slot.endsAt)),
                    height: `${25 + (slot.count / most) * 35}%`,
                  }}
                  title={`${plural(slot.count, 'installation')}${slot.window === null ? '' : ` in ${slot.window}`} from ${formatMoment(slot.startsAt)}`}
                />
              ))}
              {bars.map((bar) => (
                <span
                  key={`${bar.kind} ${bar.fromMs}`}
                  className={classes['bar']}
                  data-kind={bar.kind}
                  data-predicted={bar.predicted}
                  style={box(bar.fromMs, bar.toMs)}
                  title={barTitle(bar)}
                />
              ))}
              {nowMs >= fromMs && nowMs <= toMs ? (
                <span className={classes['now']} style={{ left: `${place(nowMs)}%` }} />
              ) : null}
            </div>
          </div>
        );
      })}
    </div>
  );
}

function barTitle({ kind, fromMs, toMs, predicted }: Bar): string {
  const [from, to] = [fromMs, toMs].map((atMs) => formatMoment(new Date(atMs).toISOString()));
  return `${BAR_WORDS[kind]}${predicted ? ', predicted' : ''}: ${from ?? ''} to ${to ?? ''}`;
}

/** The day at its beginning, else the hour. */
function tickWords(tickMs: number): string {
  const [day = '', hour = ''] = formatMoment(new Date(tickMs).toISOString()).split(' ');
  return hour === '00:00' ? day.slice(5) : hour;
}
