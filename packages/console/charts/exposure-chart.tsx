import type { SimulationResult } from '@thimble/protocol';
import { useCallback } from 'react';
import { formatMoment } from '../format/time.ts';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

type Points = SimulationResult['exposure'];

interface ExposureChartProps {
  readonly points: Points;
  /** The same days under other policies, for comparison. */
  readonly before: Points | null;
  readonly height: number;
}

/** How much is open, overdue and exploited over the coming days; with a second curve where two are compared. */
export function ExposureChart({ points, before, height }: ExposureChartProps) {
  const most = points.reduce((largest, { open }) => Math.max(largest, open), 0);
  const last = points.at(-1);
  return (
    <Chart
      height={height}
      option={useCallback((palette: Palette) => optionOf(points, before, palette), [points, before])}
      label={`Line chart: at most ${most} open, at the end ${last?.open ?? 0} open and ${last?.overdue ?? 0} overdue${before === null ? '' : `; as it is ${before.at(-1)?.open ?? 0} open at the end`}. The table has all numbers.`}
    />
  );
}

function optionOf(points: Points, before: Points | null, palette: Palette): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  const line = (name: string, mark: string, of: Points, key: 'open' | 'overdue' | 'exploited', type = 'solid') => ({
    name,
    type: 'line' as const,
    step: 'end' as const,
    data: of.map((point): [number, number] => [Date.parse(point.at), point[key]]),
    showSymbol: false,
    lineStyle: {
      width: 2,
      color: palette.color(mark),
      type: type === 'solid' ? ('solid' as const) : ('dashed' as const),
    },
    itemStyle: { color: palette.color(mark) },
    ...(key === 'open' && type === 'solid' ? { areaStyle: { color: palette.color(mark), opacity: 0.09 } } : {}),
  });
  return {
    ...base,
    xAxis: {
      type: 'time',
      ...categoryAxis,
      axisLabel: {
        ...categoryAxis.axisLabel,
        formatter: (value: number) => formatMoment(new Date(value).toISOString()).slice(5, 10),
      },
    },
    yAxis: { type: 'value', minInterval: 1, ...valueAxis },
    series: [
      line('Open', '--busy-mark', points, 'open'),
      line('Overdue', '--danger-mark', points, 'overdue'),
      line('Exploited', '--exploited-mark', points, 'exploited'),
      ...(before === null
        ? []
        : [
            line('Open, as it is', '--quiet-mark', before, 'open', 'dashed'),
            line('Overdue, as it is', '--notice-mark', before, 'overdue', 'dashed'),
          ]),
    ],
  };
}
