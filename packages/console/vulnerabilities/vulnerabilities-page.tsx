import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { IconDownload, IconTargetArrow } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { SortingState } from '@tanstack/react-table';
import type { VulnerabilitySummary } from '@thimble/protocol';
import { useCallback, useMemo } from 'react';
import { gapsQuery, riskQuery, vulnerabilitiesQuery, type VulnerabilityFilter } from '../api/assess-queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { ColumnsMenu, useColumnChoice } from '../tables/columns-menu.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { AssessmentNotes } from './assessment-notes.tsx';
import { useVulnerabilityExport } from './export-vulnerabilities.ts';
import { NoVulnerabilities } from './no-vulnerabilities.tsx';
import { RiskFigures } from './risk-figures.tsx';
import { RiskPanel } from './risk-panel.tsx';
import { VULNERABILITY_COLUMNS } from './vulnerability-columns.tsx';
import { VulnerabilityFilters } from './vulnerability-filters.tsx';

const route = getRouteApi('/frame/vulnerabilities');
const SORTS = ['score', 'id', 'cvss', 'epss', 'endpointCount', 'firstSeenAt'] as const;

/** What the fleet's software is vulnerable to, the most urgent first. */
export function VulnerabilitiesPage() {
  const risk = useQuery(riskQuery);
  const gaps = useQuery(gapsQuery);
  return (
    <Page
      title="Vulnerabilities"
      description="Installed software held against the publishers’ own advisories, ranked by what matters here"
      actions={
        <Button component={Link} to="/next-patches" leftSection={<IconTargetArrow size={16} aria-hidden />}>
          Best next patches
        </Button>
      }
    >
      <Stack gap="md">
        <AssessmentNotes />
        <Loaded query={risk} skeleton={<Skeleton height={330} />}>
          {(series) => (
            <Stack gap="md">
              <RiskFigures risk={series} gapCount={gaps.data?.total} />
              <RiskPanel risk={series} />
            </Stack>
          )}
        </Loaded>
        <VulnerabilityTable />
      </Stack>
    </Page>
  );
}

function VulnerabilityTable() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useMemo(() => toFilter(search), [search]);
  const query = useInfiniteQuery(vulnerabilitiesQuery(filter));
  const exporting = useVulnerabilityExport(filter);
  const [visibility, setVisibility] = useColumnChoice('vulnerabilities', VULNERABILITY_COLUMNS);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const total = query.data?.pages[0]?.total;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const change = (next: Partial<typeof search>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const sorting: SortingState = [{ id: search.sort ?? 'score', desc: search.direction !== 'asc' }];
  const filtered = ['search', 'severity', 'decision', 'kev', 'fixState'].some((name) => name in filter);
  return (
    <div>
      <Toolbar
        end={
          <>
            <ColumnsMenu columns={VULNERABILITY_COLUMNS} visibility={visibility} onChange={setVisibility} />
            <Button
              variant="default"
              leftSection={<IconDownload size={16} aria-hidden />}
              loading={exporting.isPending}
              disabled={rows.length === 0}
              onClick={() => exporting.mutate()}
            >
              Export CSV
            </Button>
          </>
        }
      >
        <SearchInput
          label="Search vulnerabilities"
          value={search.search ?? ''}
          onChange={(value) => change({ search: value === '' ? undefined : value })}
        />
        <VulnerabilityFilters search={search} onChange={change} />
      </Toolbar>
      <Text size="sm" c="dimmed" mb="xs" role="status">
        {total === undefined ? '' : `${plural(total, 'vulnerability', 'vulnerabilities')}${filtered ? ' match' : ''}`}
      </Text>
      {query.data === undefined ? (
        query.isError ? (
          <ProblemPanel error={query.error} retry={() => void query.refetch()} />
        ) : (
          <LinesSkeleton lines={14} height={40} />
        )
      ) : (
        <DataTable
          label="Vulnerabilities"
          columns={VULNERABILITY_COLUMNS}
          rows={rows}
          rowId={idOf}
          rowName={idOf}
          total={total ?? rows.length}
          sorting={sorting}
          onSortingChange={([first]) =>
            change({
              sort: SORTS.find((sort) => sort === first?.id),
              direction: first?.desc === true ? 'desc' : 'asc',
            })
          }
          visibility={visibility}
          onEnd={onEnd}
          empty={<NoVulnerabilities filtered={filtered} />}
        />
      )}
    </div>
  );
}

const idOf = (row: VulnerabilitySummary): string => row.id;

/** Without members that are undefined: they would make other cache keys. */
function toFilter(search: {
  [K in keyof VulnerabilityFilter]?: VulnerabilityFilter[K] | undefined;
}): VulnerabilityFilter {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));
}
