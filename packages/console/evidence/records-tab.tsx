import { Button, Pill } from '@mantine/core';
import { IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { EvidenceRecord } from '@thimble/protocol';
import { useCallback, useMemo, useState } from 'react';
import { evidenceQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton } from '../feedback/loaded.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { downloadFile } from '../format/download.ts';
import { plural } from '../format/quantity.ts';
import { DataTable } from '../tables/data-table.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { evidenceColumns } from './evidence-columns.tsx';
import { RecordDrawer } from './record-drawer.tsx';

const route = getRouteApi('/frame/evidence');
const idOf = (record: EvidenceRecord): string => String(record.sequence);
const nameOf = (record: EvidenceRecord): string => `record ${record.sequence}`;
const NO_SORTING: never[] = [];

/** The records, newest first. */
export function RecordsTab() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery(evidenceQuery(search));
  const [shown, setShown] = useState<EvidenceRecord>();
  const records = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const first = query.data?.pages[0];
  const columns = useMemo(() => evidenceColumns(setShown), []);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const without = (name: 'runId' | 'endpointId'): void =>
    void navigate({ search: (before) => ({ ...before, [name]: undefined }), replace: true });
  const filters = (['runId', 'endpointId'] as const).flatMap((name) =>
    search[name] === undefined ? [] : [{ name, value: search[name] }],
  );
  return (
    <>
      <div>
        <Toolbar
          end={
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              disabled={records.length === 0}
              onClick={() => downloadFile('evidence.json', 'application/json', JSON.stringify(records, null, 2))}
            >
              Export JSON
            </Button>
          }
        >
          <span style={{ fontSize: '0.88rem', color: 'var(--mantine-color-dimmed)' }}>
            {first === undefined
              ? 'Loading …'
              : `${plural(first.total, 'record')}${filters.length > 0 ? ' match' : ''}`}
          </span>
          {filters.map(({ name, value }) => (
            <Pill
              key={name}
              size="md"
              withRemoveButton
              removeButtonProps={{ 'aria-label': 'Remove this filter' }}
              onRemove={() => without(name)}
            >
              {name === 'runId' ? 'run' : 'endpoint'} {value.slice(0, 8)}
            </Pill>
          ))}
        </Toolbar>
        {query.data === undefined ? (
          query.isError ? (
            <ProblemPanel error={query.error} retry={() => void query.refetch()} />
          ) : (
            <LinesSkeleton lines={12} height={40} />
          )
        ) : (
          <DataTable
            label="Evidence records, newest first"
            columns={columns}
            rows={records}
            rowId={idOf}
            rowName={nameOf}
            sorting={NO_SORTING}
            total={first?.total ?? records.length}
            onEnd={onEnd}
            empty={
              <EmptyState icon={<IconShieldCheck size={34} stroke={1.5} />} title="No record">
                Records are written when endpoints enrol, runs are approved, orders are issued and outcomes arrive.
              </EmptyState>
            }
          />
        )}
      </div>
      <RecordDrawer record={shown} onClose={() => setShown(undefined)} />
    </>
  );
}
