import type { SimulatedPatch, SimulationResult } from '@thimble/protocol';
import { Title } from '@mantine/core';
import { EmptyState } from '../../feedback/empty-state.tsx';
import { formatCount, plural } from '../../format/quantity.ts';
import { formatMoment } from '../../format/time.ts';
import { Tag } from '../../states/state-badge.tsx';
import type { Column } from '../../tables/column.ts';
import { DataTable } from '../../tables/data-table.tsx';

const idOf = (one: SimulatedPatch): string => `${one.endpointId} ${one.patch}`;
const nameOf = (one: SimulatedPatch): string => `${one.patch} on ${one.hostname}`;

const COLUMNS: readonly Column<SimulatedPatch>[] = [
  {
    id: 'hostname',
    header: 'Endpoint',
    title: true,
    width: '22%',
    sortKey: (one) => one.hostname,
    cell: (one) => one.hostname,
  },
  { id: 'patch', header: 'Update', width: '24%', sortKey: (one) => one.patch, cell: (one) => one.patch },
  {
    id: 'ring',
    header: 'Ring',
    width: '7.5rem',
    from: 'md',
    sortKey: (one) => one.ring,
    cell: (one) => one.ring ?? '–',
  },
  {
    id: 'installed',
    header: 'Installed',
    sortKey: (one) => one.installedAt,
    wide: true,
    cell: (one) => (one.installedAt === null ? `not within these days: ${one.why}` : formatMoment(one.installedAt)),
  },
  {
    id: 'deadline',
    header: 'Deadline',
    width: '13rem',
    sortKey: (one) => one.deadline,
    cell: (one) => (
      <>
        {one.deadline === null ? 'none' : formatMoment(one.deadline)}{' '}
        {one.missed ? <Tag tone="danger">missed</Tag> : null}
      </>
    ),
  },
];

/** When each endpoint has each update; those that miss their deadline first. */
export function WhoGetsWhat({ result: { timeline } }: { result: SimulationResult }) {
  const more = timeline.total > timeline.items.length;
  return (
    <section aria-label="Who gets what when">
      <Title order={2} fz="0.95rem" mb="xs">
        Who gets what when
        {more ? `: ${formatCount(timeline.items.length)} of ${plural(timeline.total, 'installation')}` : ''}
      </Title>
      <DataTable
        label="Who gets what when"
        columns={COLUMNS}
        rows={timeline.items}
        rowId={idOf}
        rowName={nameOf}
        empty={<EmptyState title="Nothing is installed in these days" />}
      />
    </section>
  );
}
