import { Anchor, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { RolloutDetail, RolloutMember } from '@thimble/protocol';
import { useLiveProgress } from '../../api/live-context.ts';
import { runQuery } from '../../api/queries.ts';
import { LinesSkeleton, Loaded } from '../../feedback/loaded.tsx';
import { Ago } from '../../format/moment.tsx';
import { formatMoment } from '../../format/time.ts';
import { liveTarget } from '../../runs/live-target.ts';
import { TargetDetail } from '../../runs/target-detail.tsx';
import { TargetProgress } from '../../runs/target-progress.tsx';
import { TARGET_STATES } from '../../states/run-states.ts';
import { StateBadge } from '../../states/state-badge.tsx';
import classes from '../../runs/runs.module.css';

interface MemberDetailProps {
  readonly rollout: RolloutDetail;
  readonly member: RolloutMember;
}

/** One endpoint's part: what was planned for it, what its order does now, and the log of how it ended. */
export function MemberDetail({ rollout, member }: MemberDetailProps) {
  const { slot, deadline, hold, generation } = member;
  return (
    <div className={classes['detail']}>
      <Text size="sm" c="dimmed" className="tabular">
        {slot === null
          ? 'No start is planned'
          : `Starts ${formatMoment(slot.startsAt)} in ${slot.window ?? 'any time'}`}
        {deadline === null ? '' : ` · due ${formatMoment(deadline)}`} · generation {generation}
      </Text>
      {hold === null ? null : (
        <Text size="sm">
          Held by {hold.by}
          {hold.until === null ? '' : ` until ${formatMoment(hold.until)}`}: {hold.reason}
        </Text>
      )}
      {rollout.summary.runId === null || member.state === null ? (
        <Text size="sm">It was not asked for its transaction yet.</Text>
      ) : (
        <MemberTarget runId={rollout.summary.runId} endpointId={member.endpointId} />
      )}
    </div>
  );
}

function MemberTarget({ runId, endpointId }: { runId: string; endpointId: string }) {
  const query = useQuery(runQuery(runId));
  const progress = useLiveProgress();
  return (
    <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
      {({ targets }) => {
        const found = targets.find((target) => target.endpointId === endpointId);
        if (found === undefined) return <Text size="sm">It was not asked for its transaction yet.</Text>;
        const target = liveTarget(found, progress.get(endpointId), query.dataUpdatedAt);
        return (
          <>
            <div>
              <StateBadge look={TARGET_STATES[target.state]} />{' '}
              <Anchor component={Link} to={`/runs/${runId}`} size="sm" underline="always">
                its part in the run
              </Anchor>{' '}
              <Text span size="xs" c="dimmed">
                looked at <Ago at={new Date(query.dataUpdatedAt).toISOString()} />
              </Text>
            </div>
            <TargetProgress target={target} />
            {target.outcome === null ? null : <TargetDetail target={target} />}
          </>
        );
      }}
    </Loaded>
  );
}
