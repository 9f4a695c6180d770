import type { RiskSeries } from '@thimble/protocol';
import { useCallback } from 'react';
import { formatMoment } from '../format/time.ts';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

type Points = RiskSeries['points'];

/** From the bottom: the worst lies on the axis, where its height can be read. */
const BANDS = [
  { key: 'critical', name: 'Critical', mark: '--critical-mark' },
  { key: 'high', name: 'High', mark: '--high-mark' },
  { key: 'medium', name: 'Medium', mark: '--medium-mark' },
  { key: 'low', name: 'Low', mark: '--low-mark' },
  { key: 'unknown', name: 'Not rated', mark: '--unknown-mark' },
] as const;

/** Open vulnerabilities of endpoints by severity, stacked, with the exploited ones as a line on an axis of their own. */
export function RiskChart({ points, height }: { points: Points; height: number }) {
  const last = points.at(-1);
  return (
    <Chart
      height={height}
      option={useCallback((palette: Palette) => optionOf(points, palette), [points])}
      label={`Stacked area chart of ${points.length} days; the last has ${last?.critical ?? 0} critical, ${last?.high ?? 0} high and ${last?.exploited ?? 0} exploited. The table has all numbers.`}
    />
  );
}

function optionOf(points: Points, palette: Palette): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  const bands = BANDS.map(({ key, name, mark }) => ({
    name,
    type: 'line' as const,
    stack: 'open',
    data: points.map((point) => point[key]),
    showSymbol: false,
    lineStyle: { width: 1, color: palette.color(mark) },
    itemStyle: { color: palette.color(mark) },
    areaStyle: { color: palette.color(mark), opacity: 0.6 },
  }));
  const exploited = palette.color('--exploited-mark');
  return {
    ...base,
    legend: { ...base.legend, type: 'scroll', pageIconColor: palette.dim, pageTextStyle: { color: palette.dim } },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: points.map((point) => formatMoment(point.at).slice(0, 10)),
      ...categoryAxis,
    },
    yAxis: [
      { type: 'value', minInterval: 1, ...valueAxis },
      { type: 'value', minInterval: 1, ...valueAxis, splitLine: { show: false } },
    ],
    series: [
      ...bands,
      {
        name: 'Exploited',
        type: 'line' as const,
        yAxisIndex: 1,
        data: points.map((point) => point.exploited),
        showSymbol: false,
        lineStyle: { width: 2, color: exploited, type: 'dashed' as const },
        itemStyle: { color: exploited },
      },
    ],
  };
}
