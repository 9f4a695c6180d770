import type { SimulationResult } from '@thimble/protocol';
import { lazy, useMemo } from 'react';
import { ChartPanel } from '../../charts/chart-panel.tsx';
import { NumberTable } from '../../charts/number-table.tsx';
import { formatBytes, plural } from '../../format/quantity.ts';
import { formatMoment } from '../../format/time.ts';
import classes from './result.module.css';

const LoadChart = lazy(async () => ({ default: (await import('../../charts/load-chart.tsx')).LoadChart }));
const HEIGHT = 230;

/** How much each window has to carry, and what is fetched each day. */
export function LoadPanel({ result }: { result: SimulationResult }) {
  const { windows, traffic } = result;
  const names = useMemo(
    () => windows.items.map(({ window, startsAt }) => `${formatMoment(startsAt).slice(5)} ${window}`),
    [windows],
  );
  const bars = useMemo(
    () => [
      { name: 'Installations', mark: '--busy-mark', values: windows.items.map(({ installations }) => installations) },
      { name: 'Reboots', mark: '--wait-mark', values: windows.items.map(({ reboots }) => reboots) },
      { name: 'At once', mark: '--notice-mark', values: windows.items.map(({ atOnce }) => atOnce) },
    ],
    [windows],
  );
  const days = useMemo(() => traffic.map(({ day }) => day.slice(5, 10)), [traffic]);
  const bytes = useMemo(
    () => [{ name: 'Fetched', mark: '--good-mark', values: traffic.map((one) => one.bytes) }],
    [traffic],
  );
  const most = windows.items.reduce((largest, { installations }) => Math.max(largest, installations), 0);
  const all = traffic.reduce((sum, one) => sum + one.bytes, 0);
  return (
    <div className={classes['two']}>
      <ChartPanel
        title="Load per window"
        note={plural(windows.total, 'window')}
        height={HEIGHT}
        switchLabel="Form of the load"
        {...(windows.items.length === 0 ? { empty: 'No window has anything to do.' } : {})}
        chart={
          <LoadChart
            names={names}
            bars={bars}
            height={HEIGHT}
            label={`Bar chart of ${windows.items.length} windows; the fullest has ${plural(most, 'installation')}. The table has all numbers.`}
          />
        }
        table={
          <NumberTable
            label="Load per window"
            height={HEIGHT}
            head={['Window', 'Installations', 'Reboots', 'At once']}
            rows={windows.items.map(({ window, startsAt, installations, reboots, atOnce }) => [
              `${formatMoment(startsAt)} ${window}`,
              installations,
              reboots,
              atOnce,
            ])}
          />
        }
      />
      <ChartPanel
        title="Traffic"
        note={`${formatBytes(all)} fetched by endpoints, by day of UTC`}
        height={HEIGHT}
        switchLabel="Form of the traffic"
        {...(traffic.length === 0 ? { empty: 'Nothing is fetched.' } : {})}
        chart={
          <LoadChart
            names={days}
            bars={bytes}
            height={HEIGHT}
            formatValue={formatBytes}
            label={`Bar chart of ${traffic.length} days: ${formatBytes(all)} in all. The table has all numbers.`}
          />
        }
        table={
          <NumberTable
            label="Traffic"
            height={HEIGHT}
            head={['Day', 'Fetched']}
            rows={traffic.map((one) => [one.day.slice(0, 10), formatBytes(one.bytes)])}
          />
        }
      />
    </div>
  );
}
