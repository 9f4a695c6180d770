import type { Overview } from '@thimble/protocol';
import { useCallback } from 'react';
import { formatMoment } from '../format/time.ts';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

interface TrendChartProps {
  readonly trend: Overview['trend'];
  readonly height: number;
}

/** Open findings and exposed endpoints over time. */
export function TrendChart({ trend, height }: TrendChartProps) {
  const last = trend.at(-1);
  return (
    <Chart
      height={height}
      option={useCallback((palette: Palette) => optionOf(trend, palette), [trend])}
      label={`Line chart of ${trend.length} days; the last has ${last?.openFindings ?? 0} open findings on ${last?.exposedEndpoints ?? 0} endpoints. The table has all numbers.`}
    />
  );
}

function optionOf(trend: Overview['trend'], palette: Palette): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  const series = (name: string, mark: string, yAxisIndex: number, values: readonly number[]) => ({
    name,
    type: 'line' as const,
    yAxisIndex,
    data: [...values],
    showSymbol: false,
    smooth: 0.25,
    lineStyle: { width: 2, color: mark, type: yAxisIndex === 0 ? ('solid' as const) : ('dashed' as const) },
    itemStyle: { color: mark },
    areaStyle: yAxisIndex === 0 ? { color: mark, opacity: 0.09 } : { opacity: 0 },
  });
  return {
    ...base,
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: trend.map((point) => formatMoment(point.at).slice(0, 10)),
      ...categoryAxis,
    },
    yAxis: [
      { type: 'value', minInterval: 1, ...valueAxis },
      { type: 'value', minInterval: 1, ...valueAxis, splitLine: { show: false } },
    ],
    series: [
      series(
        'Open findings',
        palette.color('--danger-mark'),
        0,
        trend.map((point) => point.openFindings),
      ),
      series(
        'Exposed endpoints',
        palette.color('--busy-mark'),
        1,
        trend.map((point) => point.exposedEndpoints),
      ),
    ],
  };
}
