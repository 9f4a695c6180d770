import { Button, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { PackageDifference, SnapshotDetail, SnapshotDifference } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { get } from '../api/client.ts';
import { differenceQuery, snapshotsQuery } from '../api/content-queries.ts';
import { BlockDialog } from '../blocks/block-dialog.tsx';
import { Banner } from '../feedback/banner.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { useAction } from '../feedback/use-action.ts';
import { downloadFile } from '../format/download.ts';
import { formatCount, plural } from '../format/quantity.ts';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { ClosesPanel } from './closes-panel.tsx';
import { differenceColumns } from './difference-columns.tsx';
import { DifferenceFigures } from './difference-figures.tsx';
import { differenceToCsv, mostUrgentFirst } from './difference-rows.ts';

export interface DifferenceSearch {
  readonly from?: string | undefined;
  readonly search?: string | undefined;
  /** Every package, not only those of the fleet. */
  readonly every?: true | undefined;
}

interface DifferenceViewProps {
  readonly detail: SnapshotDetail;
  readonly search: DifferenceSearch;
  readonly onChange: (next: Partial<DifferenceSearch>) => void;
}

/** Rows that are fetched; a point release has a few hundred. */
const LIMIT = 1000;

/** What this snapshot changes against another one: first what that means, then each package. */
export function DifferenceView(props: DifferenceViewProps) {
  const { detail, search, onChange } = props;
  const { id } = detail.summary;
  const filter = filterOf(search);
  const query = useQuery(differenceQuery(id, { ...filter, limit: LIMIT }));
  const snapshots = useQuery(snapshotsQuery).data?.items ?? [];
  return (
    <Loaded query={query} skeleton={<LinesSkeleton lines={10} height={40} />}>
      {(difference) => (
        <Stack gap="md">
          <DifferenceFigures
            difference={difference}
            against={
              <NativeSelect
                size="xs"
                aria-label="Against which snapshot"
                value={search.from ?? ''}
                data={[
                  { value: '', label: 'Against the one before' },
                  ...snapshots
                    .filter((one) => one.id !== id)
                    .map((one) => ({ value: one.id, label: `Against ${one.name}` })),
                ]}
                onChange={({ currentTarget: { value } }) => onChange({ from: value === '' ? undefined : value })}
              />
            }
          />
          {difference.gaps.map(({ what, why }) => (
            <Banner key={what} kind="unknown">
              <b>{what}</b>: {why}
            </Banner>
          ))}
          <ClosesPanel closes={difference.closes} />
          <DifferentPackages {...props} difference={difference} />
        </Stack>
      )}
    </Loaded>
  );
}

const EXPORT_LIMIT = 10_000;
const idOf = (one: PackageDifference): string => `${one.repositoryId} ${one.name} ${one.architecture}`;
const nameOf = (one: PackageDifference): string => one.name;
const MOST_URGENT_FIRST = [{ id: 'closes', desc: false }];

function DifferentPackages({
  detail,
  search,
  onChange,
  difference,
}: DifferenceViewProps & { readonly difference: SnapshotDifference }) {
  const { id, name } = detail.summary;
  const [blocking, setBlocking] = useState<PackageDifference>();
  const { items, total, closes } = difference;
  const columns = useMemo(() => differenceColumns(mostUrgentFirst(closes), setBlocking), [closes]);
  const exporting = useAction({
    run: () => get<SnapshotDifference>(`/content/snapshots/${id}/diff`, { ...filterOf(search), limit: EXPORT_LIMIT }),
    done: (whole) => downloadFile(`${name}.csv`, 'text/csv', differenceToCsv(whole.items)),
  });
  return (
    <section aria-label="Packages that differ">
      <Toolbar
        end={
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={exporting.isPending}
            disabled={total === 0}
            onClick={() => exporting.mutate()}
          >
            Export CSV
          </Button>
        }
      >
        <SegmentedControl
          aria-label="Which packages"
          value={search.every === true ? 'every' : 'fleet'}
          onChange={(value) => onChange({ every: value === 'every' ? true : undefined })}
          data={[
            { value: 'fleet', label: 'Of the fleet' },
            { value: 'every', label: 'Every package' },
          ]}
        />
        <SearchInput
          label="Search packages"
          value={search.search ?? ''}
          onChange={(value) => onChange({ search: value === '' ? undefined : value })}
        />
      </Toolbar>
      <Text size="sm" c="dimmed" role="status" mb="xs">
        {plural(total, 'package differs', 'packages differ')}
        {total > items.length ? `; the first ${formatCount(items.length)}` : ''}
      </Text>
      <DataTable
        label="Packages that differ"
        columns={columns}
        rows={items}
        rowId={idOf}
        rowName={nameOf}
        initialSorting={MOST_URGENT_FIRST}
        empty={
          <EmptyState title="No package differs">
            {search.search !== undefined
              ? 'None of this name.'
              : search.every === true
                ? 'Both have the same.'
                : 'Nothing that the fleet has is another one here.'}
          </EmptyState>
        }
      />
      {blocking === undefined ? null : (
        <BlockDialog
          draft={{ name: blocking.name, version: blocking.to ?? '', source: false }}
          onClose={() => setBlocking(undefined)}
        />
      )}
    </section>
  );
}

function filterOf({ from, search, every }: DifferenceSearch) {
  return { from, search, fleet: every === true ? undefined : true };
}
