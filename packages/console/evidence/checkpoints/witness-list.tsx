import type { EvidenceCheckpoints } from '@thimble/protocol';
import { useMemo } from 'react';
import { EmptyState } from '../../feedback/empty-state.tsx';
import { Ago } from '../../format/moment.tsx';
import { formatCount, plural } from '../../format/quantity.ts';
import { Tag } from '../../states/state-badge.tsx';
import type { Column } from '../../tables/column.ts';
import { DataTable } from '../../tables/data-table.tsx';

type Witness = EvidenceCheckpoints['witnesses'][number];
const nameOf = (witness: Witness): string => witness.name;

/** @param props.size records of the newest checkpoint */
export function WitnessList({ witnesses, size }: { witnesses: readonly Witness[]; size: number }) {
  const columns = useMemo(() => witnessColumns(size), [size]);
  return (
    <DataTable
      label="Witnesses"
      columns={columns}
      rows={witnesses}
      rowId={nameOf}
      rowName={nameOf}
      empty={
        <EmptyState title="No witness">
          Whoever owns this server and its keys could write the log anew, and only checkpoints kept elsewhere would show
          it.
        </EmptyState>
      }
    />
  );
}

function witnessColumns(size: number): readonly Column<Witness>[] {
  return [
    { id: 'name', header: 'Witness', title: true, cell: ({ name }) => name },
    {
      id: 'cosigned',
      header: 'Has cosigned',
      cell: ({ cosigned }) => (cosigned === null ? 'nothing yet' : plural(cosigned.size, 'record')),
    },
    {
      id: 'behind',
      header: 'Behind',
      numeric: true,
      cell: ({ cosigned }) => formatCount(Math.max(0, size - (cosigned?.size ?? 0))),
    },
    { id: 'seen', header: 'By its clock', cell: ({ cosigned }) => <Ago at={cosigned?.seenAt ?? null} /> },
    {
      id: 'state',
      header: 'State',
      cell: ({ cosigned }) =>
        cosigned === null ? (
          <Tag tone="wait">not seen</Tag>
        ) : cosigned.size >= size ? (
          <Tag tone="good">up to date</Tag>
        ) : (
          <Tag tone="quiet">behind</Tag>
        ),
    },
  ];
}
