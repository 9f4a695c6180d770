import { Button, NativeSelect, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { PackageDifference, SnapshotDetail, SnapshotDifference } from '@thimble/protocol';
import { get } from '../api/client.ts';
import { differenceQuery, snapshotsQuery } from '../api/content-queries.ts';
import { Banner } from '../feedback/banner.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { useAction } from '../feedback/use-action.ts';
import { toCsv } from '../format/csv.ts';
import { downloadFile } from '../format/download.ts';
import { formatBytes, formatCount, plural } from '../format/quantity.ts';
import { FigureContent, figureClasses, FigureGrid } from '../shell/figure.tsx';
import { Panel } from '../shell/panel.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { DIFFERENCE_COLUMNS } from './difference-columns.tsx';
import classes from './snapshots.module.css';

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
const EXPORT_LIMIT = 10_000;
const idOf = (one: PackageDifference): string => `${one.repositoryId} ${one.name} ${one.architecture}`;
const nameOf = (one: PackageDifference): string => one.name;
const MOST_URGENT_FIRST = [{ id: 'closes', desc: false }];

/** What this snapshot changes against another one, and which vulnerabilities it closes on the fleet. */
export function DifferenceView({ detail, search, onChange }: DifferenceViewProps) {
  const { id, name } = detail.summary;
  const filter = { from: search.from, search: search.search, fleet: search.every === true ? undefined : true };
  const query = useQuery(differenceQuery(id, { ...filter, limit: LIMIT }));
  const snapshots = useQuery(snapshotsQuery).data?.items ?? [];
  const exporting = useAction({
    run: () => get<SnapshotDifference>(`/content/snapshots/${id}/diff`, { ...filter, limit: EXPORT_LIMIT }),
    done: (whole) => downloadFile(`${name}.csv`, 'text/csv', csvOf(whole)),
  });
  return (
    <Stack gap="md">
      <Toolbar
        end={
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={exporting.isPending}
            disabled={(query.data?.total ?? 0) === 0}
            onClick={() => exporting.mutate()}
          >
            Export CSV
          </Button>
        }
      >
        <NativeSelect
          aria-label="Against which snapshot"
          value={search.from ?? ''}
          data={[
            { value: '', label: 'Against the one before' },
            ...snapshots.filter((one) => one.id !== id).map((one) => ({ value: one.id, label: `Against ${one.name}` })),
          ]}
          onChange={({ currentTarget: { value } }) => onChange({ from: value === '' ? undefined : value })}
        />
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
      <Loaded query={query} skeleton={<LinesSkeleton lines={10} height={40} />}>
        {(difference) => (
          <>
            <Figures difference={difference} />
            {difference.gaps.map(({ what, why }) => (
              <Banner key={what} kind="unknown">
                {what}: {why}
              </Banner>
            ))}
            <ClosesPanel difference={difference} />
            <Text size="sm" c="dimmed" role="status">
              {plural(difference.total, 'package differs', 'packages differ')}
              {difference.total > difference.items.length ? `; the first ${formatCount(difference.items.length)}` : ''}
            </Text>
            <DataTable
              label="Packages that differ"
              columns={DIFFERENCE_COLUMNS}
              rows={difference.items}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={MOST_URGENT_FIRST}
              empty={
                <EmptyState title="No package differs">
                  {search.every === true ? 'Both have the same.' : 'Nothing that the fleet has is another one here.'}
                </EmptyState>
              }
            />
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Figures({ difference }: { difference: SnapshotDifference }) {
  const { closes, fleet, changedCount, addedCount, removedCount, from } = difference;
  const exploited = closes.filter((one) => one.exploited).length;
  return (
    <FigureGrid>
      <div className={figureClasses.figure}>
        <FigureContent
          label="Closes"
          tone={closes.length > 0 ? 'good' : 'quiet'}
          value={formatCount(closes.length)}
          note={exploited === 0 ? 'vulnerabilities of the fleet' : `vulnerabilities, ${exploited} of them exploited`}
        />
      </div>
      <div className={figureClasses.figure}>
        <FigureContent
          label="Would change"
          tone="busy"
          value={plural(fleet.endpointCount, 'endpoint')}
          note={`${plural(fleet.packageCount, 'package')} on them`}
        />
      </div>
      <div className={figureClasses.figure}>
        <FigureContent
          label="To download"
          tone="quiet"
          value={formatBytes(fleet.downloadBytes)}
          note={`once; ${formatBytes(difference.downloadBytes)} for all that differs`}
        />
      </div>
      <div className={figureClasses.figure}>
        <FigureContent
          label={from === null ? 'Since nothing' : `Since ${from.name}`}
          tone="quiet"
          value={formatCount(changedCount)}
          note={`changed; ${formatCount(addedCount)} new, ${formatCount(removedCount)} gone`}
        />
      </div>
    </FigureGrid>
  );
}

/** Named on the page; the export and the table have the rest. */
const SHOWN = 40;

function ClosesPanel({ difference: { closes } }: { difference: SnapshotDifference }) {
  if (closes.length === 0) return null;
  return (
    <Panel
      title="Vulnerabilities that it closes"
      note="Open on an endpoint now, and repaired by a package of this snapshot"
    >
      <ul className={classes['closes']}>
        {closes.slice(0, SHOWN).map((one) => (
          <li key={one.id} data-severity={one.severity}>
            <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: one.id }} className="plain">
              {one.id}
            </Link>{' '}
            <Text span size="xs" c="dimmed">
              {one.severity}
              {one.exploited ? ', exploited' : ''}, {plural(one.endpointCount, 'endpoint')}
            </Text>
          </li>
        ))}
        {closes.length > SHOWN ? <li>and {formatCount(closes.length - SHOWN)} more</li> : null}
      </ul>
    </Panel>
  );
}

function csvOf({ items }: SnapshotDifference): string {
  return toCsv(
    ['package', 'architecture', 'from', 'to', 'closes', 'endpoints', 'bytes', 'repository', 'blocked'],
    items.map((one) => [
      one.name,
      one.architecture,
      one.from,
      one.to,
      one.closes.join(' '),
      one.endpointCount,
      one.downloadBytes,
      one.repositoryName,
      one.blocked,
    ]),
  );
}
