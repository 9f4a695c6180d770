import { Anchor, Skeleton, Stack } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { RunDetail } from '@thimble/protocol';
import { runQuery } from '../api/queries.ts';
import { LinesSkeleton } from '../feedback/loaded.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { RUN_STATES } from '../states/run-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import { FetchedAhead } from './fetched-ahead.tsx';
import { GroupPanel } from './group-panel.tsx';
import { InstallsFrom } from './installs-from.tsx';
import { RunActions } from './run-actions.tsx';
import { RunSteps } from './run-steps.tsx';
import { selectionWords } from './selection-words.ts';
import { TargetsTable } from './targets-table.tsx';

const route = getRouteApi('/frame/runs/$runId');

export function RunPage() {
  const { runId } = route.useParams();
  const query = useQuery(runQuery(runId));
  const trail = (
    <Anchor component={Link} to="/runs" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
      <IconChevronLeft size={14} aria-hidden />
      Patch runs
    </Anchor>
  );
  if (query.data === undefined) {
    return (
      <Page title="Patch run" trail={trail}>
        {query.isError ? (
          <ProblemPanel error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton height={420} />
        )}
      </Page>
    );
  }
  const { summary } = query.data;
  return (
    <Page
      title={summary.name}
      badge={<StateBadge look={RUN_STATES[summary.state]} />}
      trail={trail}
      description={
        <>
          {summary.rollout === undefined || summary.rollout === null ? null : (
            <>
              Part of the rollout{' '}
              <Anchor component={Link} to={`/rollouts/${summary.rollout.id}`} size="sm" underline="always">
                {summary.rollout.name}
              </Anchor>
              {' · '}
            </>
          )}
          {selectionWords(summary.selection)} updates on {plural(summary.targetCount, 'endpoint')} ·{' '}
          <InstallsFrom content={summary.content} /> · created <Ago at={summary.createdAt} /> by {summary.createdBy}
        </>
      }
      actions={<RunActions run={query.data} />}
    >
      <RunSteps summary={summary} />
      <FetchedAhead run={query.data} />
      <RunBody run={query.data} fetchedAtMs={query.dataUpdatedAt} />
    </Page>
  );
}

/** Before the approval, what would change comes first; after it, what happens. */
function RunBody({ run, fetchedAtMs }: { run: RunDetail; fetchedAtMs: number }) {
  const targets = <TargetsTable run={run} fetchedAtMs={fetchedAtMs} />;
  const waiting = run.summary.state === 'awaiting-approval';
  const groups =
    run.groups.length === 0 ? (
      run.summary.state === 'planning' ? (
        <Panel title="Transactions" note="Each endpoint computes its own with its own package manager">
          <LinesSkeleton lines={4} />
        </Panel>
      ) : null
    ) : (
      run.groups.map((group, index) => (
        <GroupPanel
          key={group.transactionDigest}
          run={run}
          group={group}
          number={index + 1}
          open={waiting || run.groups.length === 1}
        />
      ))
    );
  return (
    <Stack gap="md">
      {waiting ? groups : targets}
      {waiting ? targets : groups}
    </Stack>
  );
}
