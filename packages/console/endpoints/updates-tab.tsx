import { Button, Text } from '@mantine/core';
import { IconBandage, IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RowSelectionState } from '@tanstack/react-table';
import type { EndpointSummary, Update } from '@thimble/protocol';
import { useState } from 'react';
import { endpointUpdatesQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { Ago } from '../format/moment.tsx';
import { formatBytes, plural } from '../format/quantity.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { SelectionBar } from '../tables/selection-bar.tsx';

const COLUMNS: readonly Column<Update>[] = [
  {
    id: 'name',
    header: 'Package',
    title: true,
    width: '20%',
    sortKey: (update) => update.name,
    cell: (update) => update.name,
  },
  { id: 'installed', header: 'Installed', cell: (update) => <span className="mono">{update.installed}</span> },
  { id: 'candidate', header: 'Offered', cell: (update) => <span className="mono">{update.candidate}</span> },
  {
    id: 'security',
    header: 'Kind',
    width: '9.5rem',
    sortKey: (update) => !update.security,
    cell: (update) => <UpdateTags update={update} />,
  },
  {
    id: 'origin',
    header: 'From',
    from: 'lg',
    width: '9.5rem',
    sortKey: (update) => update.origin.label,
    cell: (update) => update.origin.label ?? 'unknown',
  },
  {
    id: 'size',
    header: 'Download',
    numeric: true,
    width: '7rem',
    sortKey: (update) => update.downloadBytes,
    cell: (update) => formatBytes(update.downloadBytes),
  },
];
const BY_KIND = [{ id: 'security', desc: false }];
const idOf = (update: Update): string => `${update.name}:${update.architecture}`;
const nameOf = (update: Update): string => update.name;

export function UpdatesTab({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(endpointUpdatesQuery(endpoint.id));
  const [selection, setSelection] = useState<RowSelectionState>({});
  const newRun = useNewRun();
  return (
    <Loaded query={query}>
      {({ items, checkedAt }) => {
        const chosen = items.filter((update) => selection[idOf(update)] === true);
        return (
          <>
            <Text size="sm" c="dimmed" mb="sm">
              {plural(items.length, 'update')}, looked for <Ago at={checkedAt} fallback="never yet" />
            </Text>
            <DataTable
              label={`Pending updates of ${endpoint.hostname}`}
              columns={COLUMNS}
              rows={items}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={BY_KIND}
              selection={selection}
              onSelectionChange={setSelection}
              selectable={(update) => !update.held}
              empty={
                checkedAt === null ? (
                  <EmptyState title="Not looked for yet">Whether updates are pending is unknown.</EmptyState>
                ) : (
                  <EmptyState icon={<IconShieldCheck size={34} stroke={1.5} />} title="No update is pending" />
                )
              }
            />
            {chosen.length === 0 ? null : (
              <SelectionBar text={`${plural(chosen.length, 'update')} selected`} onClear={() => setSelection({})}>
                <Permitted needs="runs:propose">
                  <Button
                    size="xs"
                    leftSection={<IconBandage size={15} aria-hidden />}
                    onClick={() =>
                      newRun({
                        endpoints: [{ id: endpoint.id, hostname: endpoint.hostname }],
                        packages: [...new Set(chosen.map(nameOf))],
                      })
                    }
                  >
                    Plan selected …
                  </Button>
                </Permitted>
              </SelectionBar>
            )}
          </>
        );
      }}
    </Loaded>
  );
}

function UpdateTags({ update }: { update: Update }) {
  return (
    <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 4 }}>
      {update.security ? <Tag tone="danger">security</Tag> : <Tag tone="quiet">other</Tag>}
      {update.held ? <Tag tone="notice">held</Tag> : null}
      {update.phased !== null && !update.phased.included ? (
        <Tag tone="notice">phased {update.phased.percentage} %</Tag>
      ) : null}
    </span>
  );
}
