import { useCallback } from 'react';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

interface LoadChartProps {
  /** In the order of time. */
  readonly names: readonly string[];
  readonly bars: readonly { readonly name: string; readonly mark: string; readonly values: readonly number[] }[];
  readonly label: string;
  readonly height: number;
  readonly formatValue?: (value: number) => string;
}

/** Bars side by side over time, such as installations per window. */
export function LoadChart({ names, bars, label, height, formatValue }: LoadChartProps) {
  return (
    <Chart
      height={height}
      label={label}
      option={useCallback(
        (palette: Palette) => optionOf(names, bars, formatValue, palette),
        [names, bars, formatValue],
      )}
    />
  );
}

function optionOf(
  names: readonly string[],
  bars: LoadChartProps['bars'],
  formatValue: LoadChartProps['formatValue'],
  palette: Palette,
): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  return {
    ...base,
    ...(bars.length < 2 ? { legend: { show: false }, grid: { ...base.grid, top: 10 } } : {}),
    ...(formatValue === undefined
      ? {}
      : { tooltip: { ...base.tooltip, valueFormatter: (value: unknown) => formatValue(Number(value)) } }),
    xAxis: { type: 'category', data: [...names], ...categoryAxis },
    yAxis: {
      type: 'value',
      ...valueAxis,
      ...(formatValue === undefined
        ? { minInterval: 1 }
        : { axisLabel: { ...valueAxis.axisLabel, formatter: (value: number) => formatValue(value) } }),
    },
    series: bars.map(({ name, mark, values }) => ({
      name,
      type: 'bar' as const,
      barMaxWidth: 22,
      data: [...values],
      itemStyle: { color: palette.color(mark), borderRadius: [2, 2, 0, 0] },
    })),
  };
}
