import { SegmentedControl } from '@mantine/core';
import type { RolloutDetail, RolloutRing } from '@thimble/protocol';
import { useState } from 'react';
import { NumberTable } from '../../charts/number-table.tsx';
import { useNow } from '../../format/moment.tsx';
import { plural } from '../../format/quantity.ts';
import { formatMoment } from '../../format/time.ts';
import { Panel } from '../../shell/panel.tsx';
import { RING_STATES } from '../../states/rollout-states.ts';
import { layOut } from './layout.ts';
import { TimelineChart } from './timeline-chart.tsx';
import classes from './timeline.module.css';

const LEGEND = [
  ['installing', false, 'Installing'],
  ['soak', false, 'Soaking'],
  ['gate', false, 'At the gate'],
  ['installing', true, 'Predicted'],
] as const;

/** When each ring installs, soaks and passes, as far as it is known; as a picture or as a table. */
export function TimelinePanel({ rollout }: { rollout: RolloutDetail }) {
  const [form, setForm] = useState('chart');
  const now = useNow();
  const { rings, summary } = rollout;
  const timeline = layOut(rings, now, summary.endedAt !== null);
  return (
    <Panel
      title="Timeline"
      note={endWords(rollout)}
      end={
        <SegmentedControl
          size="xs"
          aria-label="Form of the timeline"
          value={form}
          onChange={setForm}
          data={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      }
    >
      {form === 'table' ? (
        <NumberTable
          label="Timeline of the rings"
          height={60 + rings.length * 40}
          head={['Ring', 'Opens', 'Installed', 'Passes', 'Planned starts']}
          rows={rings.map(rowOf)}
        />
      ) : timeline === null ? (
        'Nothing of it has a time yet.'
      ) : (
        <>
          <TimelineChart timeline={timeline} label={timelineInWords(rings)} />
          <ul className={classes['legend']} aria-hidden>
            {LEGEND.map(([kind, predicted, words]) => (
              <li key={words}>
                <span className={classes['swatch']}>
                  <span className={classes['bar']} data-kind={kind} data-predicted={predicted} />
                </span>
                {words}
              </li>
            ))}
            <li>
              <span className={classes['swatch']}>
                <span className={classes['slot']} />
              </span>
              Planned starts
            </li>
            <li>
              <span className={classes['swatch']} style={{ width: 2 }}>
                <span className={classes['now']} />
              </span>
              Now
            </li>
          </ul>
        </>
      )}
    </Panel>
  );
}

function endWords({ summary }: RolloutDetail): string {
  if (summary.endedAt !== null) return `Ended ${formatMoment(summary.endedAt)}`;
  return summary.predictedEndsAt === null
    ? 'Its end can’t be predicted yet'
    : `Through on ${formatMoment(summary.predictedEndsAt)}, as far as the plan can say`;
}

function rowOf(ring: RolloutRing): readonly [string, ...string[]] {
  const shown = (known: string | null, predicted: string | null): string =>
    known !== null ? formatMoment(known) : predicted === null ? 'not known' : `${formatMoment(predicted)}, predicted`;
  const starts = ring.slots.reduce((sum, { count }) => sum + count, 0);
  return [
    ring.name,
    shown(ring.openedAt, ring.predictedOpensAt),
    shown(null, ring.predictedEndsAt),
    shown(ring.passedAt, ring.predictedPassesAt),
    starts === 0 ? '–' : plural(starts, 'endpoint'),
  ];
}

function timelineInWords(rings: readonly RolloutRing[]): string {
  const words = rings.map((ring) => {
    const passes = ring.passedAt ?? ring.predictedPassesAt;
    return `${ring.name} ${RING_STATES[ring.state].label.toLowerCase()}${passes === null ? '' : `, passes ${formatMoment(passes)}`}`;
  });
  return `Timeline of ${plural(rings.length, 'ring')}: ${words.join('; ')}. The table has all times.`;
}
