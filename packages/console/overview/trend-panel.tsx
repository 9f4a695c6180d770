import { SegmentedControl, Skeleton, Table } from '@mantine/core';
import type { Overview } from '@thimble/protocol';
import { lazy, Suspense, useState } from 'react';
import { EmptyState } from '../feedback/empty-state.tsx';
import { formatCount } from '../format/quantity.ts';
import { formatMoment } from '../format/time.ts';
import { Panel } from '../shell/panel.tsx';

const TrendChart = lazy(async () => ({ default: (await import('../charts/trend-chart.tsx')).TrendChart }));
const HEIGHT_PX = 250;

/** How exposure went, as a chart or as a table with the same numbers. */
export function TrendPanel({ trend }: { trend: Overview['trend'] }) {
  const [form, setForm] = useState('chart');
  return (
    <Panel
      title="Exposure over time"
      note="Open findings, and endpoints that have any"
      end={
        <SegmentedControl
          size="xs"
          aria-label="Show the trend as"
          value={form}
          onChange={setForm}
          data={[
            { value: 'chart', label: 'Chart' },
            { value: 'table', label: 'Table' },
          ]}
        />
      }
    >
      <div style={{ height: HEIGHT_PX }}>
        {trend.length < 2 ? (
          <EmptyState title="No trend yet">It shows as soon as there are two days to compare.</EmptyState>
        ) : form === 'chart' ? (
          <Suspense fallback={<Skeleton height={HEIGHT_PX} />}>
            <TrendChart trend={trend} height={HEIGHT_PX} />
          </Suspense>
        ) : (
          <TrendTable trend={trend} />
        )}
      </div>
    </Panel>
  );
}

function TrendTable({ trend }: { trend: Overview['trend'] }) {
  return (
    <Table.ScrollContainer
      minWidth={280}
      maxHeight={HEIGHT_PX}
      type="native"
      tabIndex={0}
      role="region"
      aria-label="Exposure over time, as a table"
    >
      <Table stickyHeader verticalSpacing={5} fz="sm" className="tabular">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Day</Table.Th>
            <Table.Th ta="end">Open findings</Table.Th>
            <Table.Th ta="end">Exposed endpoints</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...trend].reverse().map((point) => (
            <Table.Tr key={point.at}>
              <Table.Td>{formatMoment(point.at).slice(0, 10)}</Table.Td>
              <Table.Td ta="end">{formatCount(point.openFindings)}</Table.Td>
              <Table.Td ta="end">{formatCount(point.exposedEndpoints)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
