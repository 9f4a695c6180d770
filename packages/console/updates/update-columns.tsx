import { Button } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { FleetUpdate } from '@thimble/protocol';
import { formatBytes, formatCount, plural } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';

export function updateColumns(
  isOpen: (update: FleetUpdate) => boolean,
  toggle: (update: FleetUpdate) => void,
): readonly Column<FleetUpdate>[] {
  return [
    {
      id: 'name',
      header: 'Package',
      title: true,
      width: '20%',
      sortKey: (update) => update.name,
      cell: (update) => update.name,
    },
    { id: 'candidate', header: 'Offered version', cell: (update) => <span className="mono">{update.candidate}</span> },
    {
      id: 'security',
      header: 'Kind',
      width: '7rem',
      sortKey: (update) => !update.security,
      cell: (update) => (update.security ? <Tag tone="danger">security</Tag> : <Tag tone="quiet">other</Tag>),
    },
    { id: 'source', header: 'Source', from: 'lg', sortKey: (update) => update.source, cell: (update) => update.source },
    {
      id: 'origin',
      header: 'From',
      width: '9.5rem',
      from: 'lg',
      sortKey: (update) => update.origin,
      cell: (update) => update.origin,
    },
    {
      id: 'size',
      header: 'Download',
      width: '7rem',
      numeric: true,
      from: 'md',
      sortKey: (update) => update.downloadBytes,
      cell: (update) => formatBytes(update.downloadBytes),
    },
    {
      id: 'endpoints',
      header: 'Endpoints',
      width: '7.5rem',
      numeric: true,
      sortKey: (update) => update.endpointCount,
      cell: (update) => (
        <Button
          variant="subtle"
          size="compact-sm"
          className="tabular"
          aria-expanded={isOpen(update)}
          aria-label={`${plural(update.endpointCount, 'endpoint')} with ${update.name}`}
          rightSection={
            isOpen(update) ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />
          }
          onClick={() => toggle(update)}
        >
          {formatCount(update.endpointCount)}
        </Button>
      ),
    },
  ];
}
