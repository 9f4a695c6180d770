import type { Savings } from '@thimble/protocol';
import { useCallback } from 'react';
import { formatBytes } from '../format/quantity.ts';
import { byteAxis } from './byte-axis.ts';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

/** Bytes that endpoints got, and in front of them those that crossed the Internet link for it, by day. */
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
    barWidth: '62%',
    barMaxWidth: 26,
    barGap: '-100%',
    itemStyle: { color: mark, borderRadius: [2, 2, 0, 0] },
  });
  const axis = byteAxis(Math.max(...items.map((one) => Math.max(one.servedBytes, one.upstreamBytes)), 0));
  return {
    ...base,
    tooltip: { ...base.tooltip, valueFormatter: (value: unknown) => formatBytes(Number(value)) },
    xAxis: {
      type: 'category',
      data: items.map(({ label }) => label),
      ...categoryAxis,
      axisLabel: { ...categoryAxis.axisLabel, formatter: (day: string) => day.slice(5) },
    },
    yAxis: {
      type: 'value',
      ...valueAxis,
      ...axis,
      axisLabel: { ...valueAxis.axisLabel, formatter: (value: number) => (value === 0 ? '0' : formatBytes(value)) },
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
