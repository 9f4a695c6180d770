import { Button } from '@mantine/core';
import { IconBandage, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RunSummary } from '@thimble/protocol';
import { runsQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { RUN_STATES } from '../states/run-states.ts';
import { StateBadge, Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { useNewRun } from './new-run.tsx';
import { selectionWords } from './selection-words.ts';
import { TargetCounts } from './target-counts.tsx';

const COLUMNS: readonly Column<RunSummary>[] = [
  {
    id: 'name',
    header: 'Run',
    title: true,
    width: '22%',
    sortKey: (run) => run.name,
    cell: (run) => (
      <>
        <Link to="/runs/$runId" params={{ runId: run.id }} className="plain">
          {run.name}
        </Link>{' '}
        {run.rollout === undefined || run.rollout === null ? null : <Tag tone="quiet">rollout</Tag>}
      </>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '11rem',
    sortKey: (run) => run.state,
    cell: (run) => <StateBadge look={RUN_STATES[run.state]} />,
  },
  { id: 'explanation', header: 'Why', wide: true, from: 'lg', cell: (run) => run.explanation },
  { id: 'selection', header: 'Updates', width: '9rem', from: 'md', cell: (run) => selectionWords(run.selection) },
  {
    id: 'targets',
    header: 'Endpoints',
    width: '6.5rem',
    numeric: true,
    sortKey: (run) => run.targetCount,
    cell: (run) => formatCount(run.targetCount),
  },
  { id: 'counts', header: 'Progress', width: '11rem', from: 'md', cell: (run) => <TargetCounts counts={run.counts} /> },
  {
    id: 'created',
    header: 'Created',
    width: '8.5rem',
    sortKey: (run) => run.createdAt,
    cell: (run) => <Ago at={run.createdAt} />,
  },
  { id: 'by', header: 'By', width: '7rem', from: 'xl', cell: (run) => run.createdBy },
];
const NEWEST_FIRST = [{ id: 'created', desc: true }];
const idOf = (run: RunSummary): string => run.id;
const nameOf = (run: RunSummary): string => run.name;

export function RunsPage() {
  const query = useQuery(runsQuery);
  const newRun = useNewRun();
  const button = (
    <Permitted needs="runs:propose">
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => newRun({})}>
        New patch run
      </Button>
    </Permitted>
  );
  return (
    <Page
      title="Patch runs"
      description="Planned by the endpoints, approved by you, verified on the running systems"
      actions={button}
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={8} height={40} />}>
        {({ items }) => (
          <DataTable
            label="Patch runs"
            columns={COLUMNS}
            rows={items}
            rowId={idOf}
            rowName={nameOf}
            initialSorting={NEWEST_FIRST}
            empty={
              <EmptyState icon={<IconBandage size={34} stroke={1.5} />} title="No run yet">
                A run asks endpoints for their exact transactions, shows them for approval, installs them and proves the
                result. Planning changes nothing.
              </EmptyState>
            }
          />
        )}
      </Loaded>
    </Page>
  );
}
