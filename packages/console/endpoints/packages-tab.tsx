import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EndpointSummary, InstalledPackage } from '@thimble/protocol';
import { useState } from 'react';
import { endpointPackagesQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { toCsv } from '../format/csv.ts';
import { downloadFile } from '../format/download.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';

const COLUMNS: readonly Column<InstalledPackage>[] = [
  { id: 'name', header: 'Package', title: true, width: '26%', sortKey: (one) => one.name, cell: (one) => one.name },
  {
    id: 'version',
    header: 'Version',
    sortKey: (one) => one.version,
    cell: (one) => <span className="mono">{one.version}</span>,
  },
  {
    id: 'architecture',
    header: 'Architecture',
    width: '7.5rem',
    from: 'lg',
    sortKey: (one) => one.architecture,
    cell: (one) => one.architecture,
  },
  { id: 'source', header: 'Source', from: 'md', sortKey: (one) => one.source, cell: (one) => one.source },
  {
    id: 'origin',
    header: 'From',
    width: '11rem',
    from: 'md',
    sortKey: (one) => one.origin?.label ?? null,
    cell: (one) => one.origin?.label ?? 'no repository',
  },
  {
    id: 'status',
    header: 'Remarks',
    width: '11rem',
    sortKey: (one) => remarks(one).length * -1,
    cell: (one) => <Remarks one={one} />,
  },
];
const BY_NAME = [{ id: 'name', desc: false }];
const idOf = (one: InstalledPackage): string => `${one.name}:${one.architecture}:${one.version}`;
const nameOf = (one: InstalledPackage): string => one.name;

export function PackagesTab({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(endpointPackagesQuery(endpoint.id));
  const [search, setSearch] = useState('');
  return (
    <Loaded query={query}>
      {({ items }) => {
        const wanted = search.toLowerCase();
        const rows =
          wanted === '' ? items : items.filter((one) => `${one.name} ${one.source}`.toLowerCase().includes(wanted));
        return (
          <>
            <Toolbar
              end={
                <Button
                  variant="default"
                  leftSection={<IconDownload size={16} aria-hidden />}
                  onClick={() => downloadFile(`packages-${endpoint.hostname}.csv`, 'text/csv', packagesCsv(rows))}
                >
                  Export CSV
                </Button>
              }
            >
              <SearchInput label="Search packages" value={search} onChange={setSearch} />
            </Toolbar>
            <DataTable
              label={`Packages of ${endpoint.hostname}`}
              columns={COLUMNS}
              rows={rows}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={BY_NAME}
              empty={
                items.length === 0 ? (
                  <EmptyState title="No package was reported yet">What is installed is unknown.</EmptyState>
                ) : (
                  <EmptyState title="No package matches" />
                )
              }
            />
          </>
        );
      }}
    </Loaded>
  );
}

function packagesCsv(rows: readonly InstalledPackage[]): string {
  return toCsv(
    ['package', 'version', 'architecture', 'source', 'source version', 'status', 'automatic', 'held', 'origin'],
    rows.map((one) => [
      one.name,
      one.version,
      one.architecture,
      one.source,
      one.sourceVersion,
      one.status,
      one.automatic,
      one.held,
      one.origin?.label ?? null,
    ]),
  );
}

function remarks(one: InstalledPackage): string[] {
  return [
    ...(one.status === 'installed' ? [] : [one.status]),
    ...(one.held ? ['held'] : []),
    ...(one.automatic ? ['automatic'] : []),
  ];
}

function Remarks({ one }: { one: InstalledPackage }) {
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 4 }}>
      {remarks(one).map((remark) => (
        <Tag key={remark} tone={remark === 'automatic' ? 'quiet' : remark === 'held' ? 'notice' : 'failed'}>
          {remark}
        </Tag>
      ))}
    </span>
  );
}
