import { SegmentedControl, Skeleton } from '@mantine/core';
import { Suspense, useState, type ReactNode } from 'react';
import { Panel } from '../shell/panel.tsx';

interface ChartPanelProps {
  readonly title: string;
  readonly note: ReactNode;
  readonly height: number;
  /** What the switch between both forms is called. */
  readonly switchLabel: string;
  /** Instead of both, where there is nothing to draw. */
  readonly empty?: ReactNode;
  readonly chart: ReactNode;
  readonly table: ReactNode;
}

/** The same numbers as a chart or as a table. */
export function ChartPanel({ title, note, height, switchLabel, empty, chart, table }: ChartPanelProps) {
  const [form, setForm] = useState('chart');
  return (
    <Panel
      title={title}
      note={note}
      end={
        <SegmentedControl
          size="xs"
          aria-label={switchLabel}
          value={form}
          onChange={setForm}
          data={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      }
    >
      <div style={{ height }}>
        {empty ?? (form === 'chart' ? <Suspense fallback={<Skeleton height={height} />}>{chart}</Suspense> : table)}
      </div>
    </Panel>
  );
}
