import type { ExplainedPriority } from '@thimble/protocol';
import { useCallback } from 'react';
import { Chart, frameOf, type ChartOption, type Palette } from './chart.tsx';
import { waterfallOf, type WaterfallBar } from './waterfall.ts';

type Steps = ExplainedPriority['steps'];

const ROW_PX = 24;
const AROUND_PX = 34;

/** How the points of each step add up to the score: what adds and what takes away, each where the one before ended. */
export function WaterfallChart({ steps, score }: { steps: Steps; score: number }) {
  const bars = waterfallOf(steps, score);
  return (
    <Chart
      height={bars.length * ROW_PX + AROUND_PX}
      option={useCallback((palette: Palette) => optionOf(waterfallOf(steps, score), palette), [steps, score])}
      label={`Waterfall chart: ${steps.length} steps add up to ${score}. The list has all of them.`}
    />
  );
}

function optionOf(bars: readonly WaterfallBar[], palette: Palette): ChartOption {
  const { base, valueAxis, categoryAxis } = frameOf(palette);
  const colors: Readonly<Record<WaterfallBar['kind'], string>> = {
    adds: palette.color('--danger-mark'),
    takes: palette.color('--good-mark'),
    total: palette.color('--busy-mark'),
  };
  return {
    ...base,
    legend: { show: false },
    grid: { left: 4, right: 40, top: 4, bottom: 2, containLabel: true },
    tooltip: { show: false },
    xAxis: { type: 'value', min: (range: { min: number }) => Math.min(0, range.min), max: 100, ...valueAxis },
    yAxis: {
      type: 'category',
      inverse: true,
      data: bars.map((bar) => bar.name),
      ...categoryAxis,
      axisLabel: { ...categoryAxis.axisLabel, color: palette.text, interval: 0 },
    },
    series: [
      {
        type: 'bar' as const,
        stack: 'all',
        silent: true,
        itemStyle: { color: 'transparent' },
        data: bars.map((bar) => bar.from),
      },
      {
        type: 'bar' as const,
        stack: 'all',
        barWidth: 12,
        data: bars.map((bar) => ({
          value: bar.length,
          itemStyle: { color: colors[bar.kind], borderRadius: 2 },
          label: {
            show: true,
            position: 'right' as const,
            color: palette.text,
            fontSize: 11,
            formatter: bar.label,
          },
        })),
      },
    ],
  };
}
