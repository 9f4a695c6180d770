import type { NextPatches } from '@thimble/protocol';
import { useCallback } from 'react';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

type Items = NextPatches['items'];

/** What each update removes, as bars, and what is gone with all before it, as a line. */
export function ParetoChart({ items, height }: { items: Items; height: number }) {
  const share = Math.round(100 * (items.at(-1)?.cumulativeShare ?? 0));
  return (
    <Chart
      height={height}
      option={useCallback((palette: Palette) => optionOf(items, palette), [items])}
      label={`Pareto chart: ${items.length} updates remove ${share} % of the open risk. The list has all numbers.`}
    />
  );
}

function optionOf(items: Items, palette: Palette): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  const bar = palette.color('--busy-mark');
  const line = palette.color('--danger-mark');
  return {
    ...base,
    xAxis: {
      type: 'category',
      data: items.map((item) => item.source),
      ...categoryAxis,
      axisLabel: { ...categoryAxis.axisLabel, width: 90, overflow: 'truncate', rotate: items.length > 6 ? 30 : 0 },
    },
    yAxis: [
      { type: 'value', ...valueAxis },
      {
        type: 'value',
        min: 0,
        max: 100,
        ...valueAxis,
        splitLine: { show: false },
        axisLabel: { ...valueAxis.axisLabel, formatter: '{value} %' },
      },
    ],
    series: [
      {
        name: 'Risk removed',
        type: 'bar' as const,
        barMaxWidth: 34,
        data: items.map((item) => Math.round(item.riskRemoved * 10) / 10),
        itemStyle: { color: bar, borderRadius: [3, 3, 0, 0] },
      },
      {
        name: 'Share of all risk gone',
        type: 'line' as const,
        yAxisIndex: 1,
        data: items.map((item) => Math.round(item.cumulativeShare * 1000) / 10),
        symbolSize: 6,
        lineStyle: { width: 2, color: line },
        itemStyle: { color: line },
      },
    ],
  };
}
