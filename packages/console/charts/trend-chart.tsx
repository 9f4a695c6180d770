import { useComputedColorScheme } from '@mantine/core';
import type { Overview } from '@thimble/protocol';
import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { formatMoment } from '../format/time.ts';

use([LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

interface TrendChartProps {
  readonly trend: Overview['trend'];
  readonly height: number;
}

/** Open findings and exposed endpoints over time. Loaded only where it is shown: the library is large. */
export function TrendChart({ trend, height }: TrendChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  useEffect(() => {
    if (holder.current === null) return undefined;
    const chart = init(holder.current, null, { renderer: 'svg' });
    chart.setOption(options(trend));
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(holder.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
    // The scheme's colours are read from the page's variables.
  }, [trend, scheme]);
  const last = trend.at(-1);
  return (
    <div
      ref={holder}
      role="img"
      aria-label={`Line chart of ${trend.length} days; the last has ${last?.openFindings ?? 0} open findings on ${last?.exposedEndpoints ?? 0} endpoints. The table has all numbers.`}
      style={{ height, width: '100%' }}
    />
  );
}

function options(trend: Overview['trend']): Parameters<ReturnType<typeof init>['setOption']>[0] {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const dim = color('--mantine-color-dimmed');
  const line = color('--line');
  const axis = {
    axisLabel: { color: dim, fontSize: 11 },
    splitLine: { lineStyle: { color: line, type: 'dashed' as const } },
  };
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
    animation: false,
    textStyle: { fontFamily: style.getPropertyValue('--mantine-font-family') },
    grid: { left: 4, right: 4, top: 34, bottom: 2, containLabel: true },
    legend: {
      top: 0,
      left: 0,
      icon: 'roundRect',
      itemWidth: 14,
      itemHeight: 4,
      textStyle: { color: color('--mantine-color-text'), fontSize: 12 },
    },
    tooltip: {
      trigger: 'axis',
      backgroundColor: color('--surface-raised'),
      borderColor: line,
      textStyle: { color: color('--mantine-color-text'), fontSize: 12 },
    },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: trend.map((point) => formatMoment(point.at).slice(0, 10)),
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: dim, fontSize: 11, hideOverlap: true },
    },
    yAxis: [
      { type: 'value', minInterval: 1, ...axis },
      { type: 'value', minInterval: 1, ...axis, splitLine: { show: false } },
    ],
    series: [
      series(
        'Open findings',
        color('--danger-mark'),
        0,
        trend.map((point) => point.openFindings),
      ),
      series(
        'Exposed endpoints',
        color('--busy-mark'),
        1,
        trend.map((point) => point.exposedEndpoints),
      ),
    ],
  };
}
