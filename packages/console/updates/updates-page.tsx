import { Button, SegmentedControl } from '@mantine/core';
import { IconBandage, IconPackage } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { RowSelectionState } from '@tanstack/react-table';
import type { FleetUpdate } from '@thimble/protocol';
import { useCallback, useMemo, useState } from 'react';
import { updatesQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { plural } from '../format/quantity.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Page } from '../shell/page.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { SelectionBar } from '../tables/selection-bar.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { UpdateEndpoints } from './update-endpoints.tsx';
import { updateColumns } from './update-columns.tsx';

const route = getRouteApi('/frame/updates');
const idOf = (update: FleetUpdate): string => `${update.name} ${update.candidate} ${update.origin}`;
const nameOf = (update: FleetUpdate): string => update.name;
const BY_ENDPOINTS = [{ id: 'endpoints', desc: true }];
const showEndpoints = (update: FleetUpdate) => <UpdateEndpoints update={update} />;

export function UpdatesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(updatesQuery(search));
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const newRun = useNewRun();
  const toggle = useCallback((update: FleetUpdate) => {
    setExpanded((before) => {
      const next = new Set(before);
      if (!next.delete(idOf(update))) next.add(idOf(update));
      return next;
    });
  }, []);
  const columns = useMemo(() => updateColumns((update) => expanded.has(idOf(update)), toggle), [expanded, toggle]);
  const chosen = (query.data?.items ?? []).filter((update) => selection[idOf(update)] === true);
  const endpoints = useMemo(
    () => [...new Map(chosen.flatMap((update) => update.endpoints.map((one) => [one.id, one] as const))).values()],
    [chosen],
  );
  // The list names the first endpoints of a widespread update only: then all are asked, and those without it have nothing to do.
  const named = chosen.every((update) => update.endpoints.length === update.endpointCount);
  const change = (next: Partial<typeof search>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  return (
    <Page title="Updates" description="What is pending across the fleet: one row for each update, with its endpoints">
      <div>
        <Toolbar>
          <SearchInput
            label="Search updates"
            value={search.search ?? ''}
            onChange={(value) => change({ search: value === '' ? undefined : value })}
          />
          <SegmentedControl
            aria-label="Which updates"
            value={search.security === true ? 'security' : 'all'}
            onChange={(value) => change({ security: value === 'security' ? true : undefined })}
            data={[
              { value: 'all', label: 'All' },
              { value: 'security', label: 'Security' },
            ]}
          />
        </Toolbar>
        <Loaded query={query} skeleton={<LinesSkeleton lines={12} height={40} />}>
          {({ items }) => (
            <DataTable
              label="Updates across the fleet"
              columns={columns}
              rows={items}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={BY_ENDPOINTS}
              selection={selection}
              onSelectionChange={setSelection}
              expanded={expanded}
              detail={showEndpoints}
              empty={
                search.search !== undefined || search.security === true ? (
                  <EmptyState title="No update matches">Change the search or the filter.</EmptyState>
                ) : (
                  <EmptyState icon={<IconPackage size={34} stroke={1.5} />} title="No update is pending">
                    Every endpoint that was scanned has the newest versions of its repositories.
                  </EmptyState>
                )
              }
            />
          )}
        </Loaded>
        {chosen.length === 0 ? null : (
          <SelectionBar
            text={`${plural(chosen.length, 'update')} on ${named ? '' : 'more than '}${plural(endpoints.length, 'endpoint')}`}
            onClear={() => setSelection({})}
          >
            <Permitted needs="runs:propose">
              <Button
                size="xs"
                leftSection={<IconBandage size={15} aria-hidden />}
                onClick={() => newRun({ ...(named ? { endpoints } : {}), packages: [...new Set(chosen.map(nameOf))] })}
              >
                Plan selected …
              </Button>
            </Permitted>
          </SelectionBar>
        )}
      </div>
    </Page>
  );
}
