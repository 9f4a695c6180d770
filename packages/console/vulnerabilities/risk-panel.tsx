import type { RiskSeries } from '@thimble/protocol';
import { lazy } from 'react';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { NumberTable } from '../charts/number-table.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { formatCount } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';

const RiskChart = lazy(async () => ({ default: (await import('../charts/risk-chart.tsx')).RiskChart }));
const HEIGHT_PX = 240;
const HEAD = ['Day', 'Critical', 'High', 'Medium', 'Low', 'Not rated', 'Exploited', 'Risk'];

/** The fleet's risk over time. */
export function RiskPanel({ risk }: { risk: RiskSeries }) {
  const { points } = risk;
  return (
    <ChartPanel
      title="Risk over time"
      note="Vulnerabilities that were open on endpoints at the end of each day; exploited ones on the axis at the right"
      switchLabel="Show the risk as"
      height={HEIGHT_PX}
      {...(points.length < 2 ? { empty: <NoRisk /> } : {})}
      chart={<RiskChart points={points} height={HEIGHT_PX} />}
      table={
        <NumberTable
          label="Risk over time, as a table"
          height={HEIGHT_PX}
          head={HEAD}
          rows={[...points]
            .reverse()
            .map((point) => [
              formatMoment(point.at).slice(0, 10),
              ...[point.critical, point.high, point.medium, point.low, point.unknown, point.exploited].map(formatCount),
              formatCount(Math.round(point.risk)),
            ])}
        />
      }
    />
  );
}

function NoRisk() {
  return <EmptyState title="No trend yet">It shows as soon as there are two days to compare.</EmptyState>;
}
