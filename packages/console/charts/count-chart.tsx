import type { VulnerabilityDetail } from '@thimble/protocol';
import { useCallback } from 'react';
import { formatMoment } from '../format/time.ts';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';

type Points = VulnerabilityDetail['trend'];

/** On how many endpoints one vulnerability was open at the end of each day. */
export function CountChart({ points, height }: { points: Points; height: number }) {
  const last = points.at(-1)?.endpointCount ?? 0;
  const most = points.reduce((maximum, point) => Math.max(maximum, point.endpointCount), 0);
  return (
    <Chart
      height={height}
      option={useCallback((palette: Palette) => optionOf(points, palette), [points])}
      label={`Area chart of ${points.length} days: at most ${most} endpoints, ${last} on the last day.`}
    />
  );
}

function optionOf(points: Points, palette: Palette): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  const mark = palette.color('--danger-mark');
  return {
    ...base,
    legend: { show: false },
    grid: { ...base.grid, top: 8, right: 10 },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: points.map((point) => formatMoment(point.at).slice(0, 10)),
      ...categoryAxis,
    },
    yAxis: { type: 'value', minInterval: 1, ...valueAxis },
    series: [
      {
        name: 'Endpoints',
        type: 'line' as const,
        step: 'end' as const,
        data: points.map((point) => point.endpointCount),
        showSymbol: false,
        lineStyle: { width: 2, color: mark },
        itemStyle: { color: mark },
        areaStyle: { color: mark, opacity: 0.12 },
      },
    ],
  };
}
