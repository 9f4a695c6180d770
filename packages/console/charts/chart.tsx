import { useComputedColorScheme } from '@mantine/core';
import { BarChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export type ChartOption = Parameters<ReturnType<typeof init>['setOption']>[0];

/** The page's colours, as its variables give them at the moment. */
export interface Palette {
  /** By the variable's name, such as `--danger-mark`. */
  color(name: string): string;
  readonly text: string;
  readonly dim: string;
  readonly line: string;
  readonly fontFamily: string;
}

interface ChartProps {
  /** What it shows, for those who can't see it; the same numbers stand in a table beside it. */
  readonly label: string;
  readonly height: number;
  /** Stable while what is shown stays the same. */
  readonly option: (palette: Palette) => ChartOption;
}

/** A chart in the page's colours and of its own width. Loaded only where it is shown: the library is large. */
export function Chart({ label, height, option }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  useEffect(() => {
    if (holder.current === null) return undefined;
    const chart = init(holder.current, null, { renderer: 'svg' });
    chart.setOption(option(paletteOfPage()));
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(holder.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
    // The scheme's colours are read from the page's variables.
  }, [option, scheme]);
  return <div ref={holder} role="img" aria-label={label} style={{ height, width: '100%' }} />;
}

function paletteOfPage(): Palette {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  return {
    color,
    text: color('--mantine-color-text'),
    dim: color('--mantine-color-dimmed'),
    line: color('--line'),
    fontFamily: style.getPropertyValue('--mantine-font-family'),
  };
}

/** What the console's charts have in common. */
export function frameOf({ color, text, dim, line, fontFamily }: Palette) {
  return {
    base: {
      animation: false,
      textStyle: { fontFamily },
      grid: { left: 4, right: 4, top: 34, bottom: 2, containLabel: true },
      legend: {
        top: 0,
        left: 0,
        icon: 'roundRect',
        itemWidth: 14,
        itemHeight: 4,
        textStyle: { color: text, fontSize: 12 },
      },
      tooltip: {
        trigger: 'axis' as const,
        backgroundColor: color('--surface-raised'),
        borderColor: line,
        textStyle: { color: text, fontSize: 12 },
      },
    },
    valueAxis: {
      axisLabel: { color: dim, fontSize: 11 },
      splitLine: { lineStyle: { color: line, type: 'dashed' as const } },
    },
    categoryAxis: {
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: dim, fontSize: 11, hideOverlap: true },
    },
  };
}
