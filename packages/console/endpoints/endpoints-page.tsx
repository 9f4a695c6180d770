import { Anchor, Button, NativeSelect, Pill } from '@mantine/core';
import { IconBandage, IconDownload, IconServer2, IconTag } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { RowSelectionState, SortingState } from '@tanstack/react-table';
import type { EndpointListQuery, EndpointSummary } from '@thimble/protocol';
import { useCallback, useMemo, useState } from 'react';
import { endpointsQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { plural } from '../format/quantity.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Page } from '../shell/page.tsx';
import { ENDPOINT_STATE_ORDER, ENDPOINT_STATES, isEndpointState } from '../states/endpoint-states.ts';
import { ColumnsMenu, useColumnChoice } from '../tables/columns-menu.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { SelectionBar } from '../tables/selection-bar.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { ENDPOINT_COLUMNS } from './endpoint-columns.tsx';
import { useEndpointExport } from './export-endpoints.ts';
import { LabelsDialog } from './labels-dialog.tsx';
import { TraitFilters } from './trait-filters.tsx';

const route = getRouteApi('/frame/endpoints');
const FILTERS = ['search', 'state', 'update', 'label', 'group', 'site'] as const;
const STATE_OPTIONS = [
  { value: '', label: 'All states' },
  ...ENDPOINT_STATE_ORDER.map((state) => ({ value: state, label: ENDPOINT_STATES[state].label })),
];

export function EndpointsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useMemo(() => toFilter(search), [search]);
  const query = useInfiniteQuery(endpointsQuery(filter));
  const exporting = useEndpointExport(filter);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [visibility, setVisibility] = useColumnChoice('endpoints', ENDPOINT_COLUMNS);
  const newRun = useNewRun();
  const [labelling, setLabelling] = useState(false);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const chosen = useChosen(rows, selection);
  const total = query.data?.pages[0]?.total;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const change = (next: Partial<typeof search>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const sorting: SortingState = [{ id: search.sort ?? 'hostname', desc: search.direction === 'desc' }];
  const filtered = FILTERS.some((name) => search[name] !== undefined);

  return (
    <Page
      title="Endpoints"
      description={total === undefined ? 'Loading …' : `${plural(total, 'endpoint')}${filtered ? ' match' : ''}`}
    >
      <div>
        <Toolbar
          end={
            <>
              <ColumnsMenu columns={ENDPOINT_COLUMNS} visibility={visibility} onChange={setVisibility} />
              <Button
                variant="default"
                leftSection={<IconDownload size={16} aria-hidden />}
                loading={exporting.isPending}
                onClick={() => exporting.mutate()}
              >
                Export CSV
              </Button>
            </>
          }
        >
          <SearchInput
            label="Search endpoints"
            value={search.search ?? ''}
            onChange={(value) => change({ search: value === '' ? undefined : value })}
          />
          <NativeSelect
            aria-label="State"
            data={STATE_OPTIONS}
            value={search.state ?? ''}
            onChange={({ currentTarget: { value } }) => change({ state: isEndpointState(value) ? value : undefined })}
          />
          <TraitFilters traits={search} onChange={change} />
          {search.update === undefined ? null : (
            <Pill
              size="md"
              withRemoveButton
              removeButtonProps={{ 'aria-label': 'Remove this filter' }}
              onRemove={() => change({ update: undefined })}
            >
              update of {search.update}
            </Pill>
          )}
        </Toolbar>
        {query.data === undefined ? (
          query.isError ? (
            <ProblemPanel error={query.error} retry={() => void query.refetch()} />
          ) : (
            <LinesSkeleton lines={14} height={40} />
          )
        ) : (
          <DataTable
            label="Endpoints"
            columns={ENDPOINT_COLUMNS}
            rows={rows}
            rowId={idOf}
            rowName={nameOf}
            total={total ?? rows.length}
            sorting={sorting}
            onSortingChange={([first]) =>
              change({ sort: toSort(first?.id), direction: first?.desc === true ? 'desc' : 'asc' })
            }
            selection={selection}
            onSelectionChange={setSelection}
            visibility={visibility}
            onEnd={onEnd}
            empty={<NoEndpoints filtered={filtered} />}
          />
        )}
        {chosen.length === 0 ? null : (
          <SelectionBar text={`${plural(chosen.length, 'endpoint')} selected`} onClear={() => setSelection({})}>
            <Permitted needs="endpoints:write">
              <Button
                size="xs"
                variant="default"
                leftSection={<IconTag size={15} aria-hidden />}
                onClick={() => setLabelling(true)}
              >
                Label …
              </Button>
            </Permitted>
            <Permitted needs="runs:propose">
              <Button
                size="xs"
                leftSection={<IconBandage size={15} aria-hidden />}
                onClick={() => newRun({ endpoints: chosen })}
              >
                Patch selected …
              </Button>
            </Permitted>
          </SelectionBar>
        )}
        {labelling ? (
          <LabelsDialog
            endpoints={chosen}
            onClose={() => setLabelling(false)}
            onDone={() => {
              setLabelling(false);
              setSelection({});
            }}
          />
        ) : null}
      </div>
    </Page>
  );
}

const idOf = (endpoint: EndpointSummary): string => endpoint.id;
const nameOf = (endpoint: EndpointSummary): string => endpoint.hostname;

function toSort(id: string | undefined): EndpointListQuery['sort'] {
  return (['hostname', 'state', 'securityUpdateCount', 'updateCount', 'lastSeenAt', 'os'] as const).find(
    (sort) => sort === id,
  );
}

/** Without members that are undefined: they would make other cache keys. */
function toFilter(search: { [K in keyof EndpointListQuery]?: EndpointListQuery[K] | undefined }): EndpointListQuery {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}

/** The selected endpoints, also those that a new filter has taken out of sight. */
function useChosen(rows: readonly EndpointSummary[], selection: RowSelectionState): { id: string; hostname: string }[] {
  const [seen, setSeen] = useState<ReadonlyMap<string, string>>(new Map());
  const fresh = rows.filter((row) => selection[row.id] === true && !seen.has(row.id));
  // While rendering, as React advises for state that follows from what is rendered: it ends when all are seen.
  if (fresh.length > 0) setSeen(new Map([...seen, ...fresh.map((row) => [row.id, row.hostname] as const)]));
  return useMemo(
    () =>
      Object.entries(selection).flatMap(([id, selected]) => (selected ? [{ id, hostname: seen.get(id) ?? id }] : [])),
    [selection, seen],
  );
}

function NoEndpoints({ filtered }: { filtered: boolean }) {
  if (filtered) return <EmptyState title="No endpoint matches">Change the search or the filter.</EmptyState>;
  return (
    <EmptyState icon={<IconServer2 size={34} stroke={1.5} />} title="No endpoint is enrolled yet">
      Make an enrolment token in{' '}
      <Anchor component={Link} to="/settings" size="sm" underline="always">
        Settings
      </Anchor>{' '}
      and run the command that comes with it on the machine.
    </EmptyState>
  );
}
