import type { NextPatches } from '@thimble/protocol';
import { lazy } from 'react';
import { ChartPanel } from '../charts/chart-panel.tsx';
import { NumberTable } from '../charts/number-table.tsx';
import { formatCount } from '../format/quantity.ts';

const ParetoChart = lazy(async () => ({ default: (await import('../charts/pareto-chart.tsx')).ParetoChart }));
const HEIGHT_PX = 260;

/** How much each update removes, and how soon most is gone. */
export function ParetoPanel({ patches }: { patches: NextPatches }) {
  const { items, totalRisk } = patches;
  return (
    <ChartPanel
      title="Few updates remove most of the risk"
      note={`All open risk is ${formatCount(Math.round(totalRisk))} points: the sum of the open findings’ scores`}
      switchLabel="Show the updates as"
      height={HEIGHT_PX}
      chart={<ParetoChart items={items} height={HEIGHT_PX} />}
      table={
        <NumberTable
          label="Updates by the risk that they remove, as a table"
          height={HEIGHT_PX}
          head={['Update', 'Risk removed', 'Of all risk gone']}
          rows={items.map((item) => [
            `${item.source} ${item.fixedVersion}`,
            formatCount(Math.round(item.riskRemoved)),
            `${(item.cumulativeShare * 100).toFixed(1)} %`,
          ])}
        />
      }
    />
  );
}
