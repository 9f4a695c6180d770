import type { Savings } from '@thimble/protocol';
import { useCallback } from 'react';
import { formatBytes } from '../format/quantity.ts';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

/** Bytes that endpoints got beside those that crossed the Internet link, by day. */
export function SavingsChart({ savings, height }: { savings: Savings; height: number }) {
  return (
    <Chart
      height={height}
      option={useCallback((palette: Palette) => optionOf(savings.items, palette), [savings])}
      label={`Bar chart of ${savings.items.length} days: ${formatBytes(savings.servedBytes)} served for ${formatBytes(savings.upstreamBytes)} from upstream. The table has all numbers.`}
    />
  );
}

function optionOf(items: Savings['items'], palette: Palette): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  const bar = (name: string, mark: string, values: readonly number[]) => ({
    name,
    type: 'bar' as const,
    data: [...values],
    barMaxWidth: 18,
    itemStyle: { color: mark, borderRadius: [2, 2, 0, 0] },
  });
  return {
    ...base,
    xAxis: { type: 'category', data: items.map(({ label }) => label), ...categoryAxis },
    yAxis: {
      type: 'value',
      ...valueAxis,
      axisLabel: { ...valueAxis.axisLabel, formatter: (value: number) => formatBytes(value) },
    },
    series: [
      bar(
        'Served',
        palette.color('--good-mark'),
        items.map(({ servedBytes }) => servedBytes),
      ),
      bar(
        'From upstream',
        palette.color('--busy-mark'),
        items.map(({ upstreamBytes }) => upstreamBytes),
      ),
    ],
  };
}
