import { Anchor, Button, Skeleton, Stack } from '@mantine/core';
import { IconBandage, IconChevronLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { RolloutDetail } from '@thimble/protocol';
import { rolloutQuery } from '../api/rollout-queries.ts';
import { Banner } from '../feedback/banner.tsx';
import { ProblemPanel } from '../feedback/problem-panel.tsx';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { ROLLOUT_STATES } from '../states/rollout-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import { RolloutActions } from './decisions/rollout-actions.tsx';
import { EventsPanel } from './events-panel.tsx';
import { FailuresElsewhere } from './failures-elsewhere.tsx';
import { MembersPanel } from './members/members-panel.tsx';
import { MissesPanel } from './misses-panel.tsx';
import { PatchesPanel } from './patches-panel.tsx';
import { PlansPanel } from './plans-panel.tsx';
import { RingsPanel } from './rings-panel.tsx';
import { TimelinePanel } from './timeline/timeline-panel.tsx';
import classes from './rollouts.module.css';

const route = getRouteApi('/frame/rollouts/$rolloutId');

/** One rollout: where each ring stands and why, what is still to come, and what can be decided. */
export function RolloutPage() {
  const { rolloutId } = route.useParams();
  const query = useQuery(rolloutQuery(rolloutId));
  if (query.data === undefined)
    return (
      <Page title="Rollout" trail={<Trail />}>
        {query.isError ? (
          <ProblemPanel error={query.error} retry={() => void query.refetch()} />
        ) : (
          <Skeleton height={420} />
        )}
      </Page>
    );
  return <ShownRollout rollout={query.data} />;
}

function Trail() {
  return (
    <Anchor component={Link} to="/rollouts" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
      <IconChevronLeft size={14} aria-hidden />
      Rollouts
    </Anchor>
  );
}

function ShownRollout({ rollout }: { rollout: RolloutDetail }) {
  const { summary } = rollout;
  const { runId } = summary;
  return (
    <Page
      title={summary.name}
      badge={<StateBadge look={ROLLOUT_STATES[summary.state]} />}
      trail={<Trail />}
      description={<Description rollout={rollout} />}
      actions={
        <>
          {runId === null ? null : (
            <Button
              variant="subtle"
              component={Link}
              to={`/runs/${runId}`}
              leftSection={<IconBandage size={16} aria-hidden />}
            >
              Its run
            </Button>
          )}
          <RolloutActions rollout={rollout} />
        </>
      }
    >
      <Stack gap="md">
        {summary.explanation === '' ? null : <Banner kind="notice">{summary.explanation}</Banner>}
        <FailuresElsewhere rollout={rollout} />
        <TimelinePanel rollout={rollout} />
        <RingsPanel rollout={rollout} />
        <MissesPanel misses={rollout.misses} title="Deadlines that will be missed" />
        <PatchesPanel rollout={rollout} />
        <MembersPanel rollout={rollout} />
        <div className={classes['two']}>
          <EventsPanel events={rollout.events} />
          <PlansPanel rolloutId={summary.id} />
        </div>
      </Stack>
    </Page>
  );
}

function Description({ rollout: { summary, approvals } }: { rollout: RolloutDetail }) {
  const { policy, content } = summary;
  return (
    <>
      Version {policy.version} of{' '}
      <Anchor component={Link} to={`/policies/${policy.id}`} size="sm" underline="always">
        {policy.name}
      </Anchor>
      {content === null ? (
        ', from the endpoints’ own repositories'
      ) : (
        <>
          {', '}from{' '}
          <Anchor component={Link} to={`/snapshots/${content.snapshotId}`} size="sm" underline="always">
            {content.snapshotName}
          </Anchor>
        </>
      )}{' '}
      · {plural(summary.patchCount, 'patch', 'patches')} on {plural(summary.memberCount, 'endpoint')} · started{' '}
      <Ago at={summary.startedAt} /> by {summary.startedBy}
      {approvals.required === 0
        ? ''
        : ` · ${approvals.by.length} of ${plural(approvals.required, 'approval')}${approvals.by.length === 0 ? '' : `: ${approvals.by.join(', ')}`}`}
    </>
  );
}
