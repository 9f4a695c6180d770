import type { Overview } from '@thimble/protocol';
import { lazy } from 'react';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { NumberTable } from '../charts/number-table.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { formatCount } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';

const TrendChart = lazy(async () => ({ default: (await import('../charts/trend-chart.tsx')).TrendChart }));
const HEIGHT_PX = 250;

/** How exposure went, as a chart or as a table with the same numbers. */
export function TrendPanel({ trend }: { trend: Overview['trend'] }) {
  return (
    <ChartPanel
      title="Exposure over time"
      note="Open findings, and endpoints that have any"
      switchLabel="Show the trend as"
      height={HEIGHT_PX}
      {...(trend.length < 2 ? { empty: <NoTrend /> } : {})}
      chart={<TrendChart trend={trend} height={HEIGHT_PX} />}
      table={
        <NumberTable
          label="Exposure over time, as a table"
          height={HEIGHT_PX}
          head={['Day', 'Open findings', 'Exposed endpoints']}
          rows={[...trend]
            .reverse()
            .map((point) => [
              formatMoment(point.at).slice(0, 10),
              formatCount(point.openFindings),
              formatCount(point.exposedEndpoints),
            ])}
        />
      }
    />
  );
}

function NoTrend() {
  return <EmptyState title="No trend yet">It shows as soon as there are two days to compare.</EmptyState>;
}
