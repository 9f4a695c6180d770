import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { RunSummary } from '@thimble/protocol';

/** From what a run's packages come. Older servers say nothing of it, and know no snapshots. */
export function InstallsFrom({ content }: { content: RunSummary['content'] }) {
  if (content === null || content === undefined) return <>from the endpoints’ own repositories</>;
  const { snapshotId, snapshotName } = content;
  return (
    <>
      from the snapshot{' '}
      <Anchor component={Link} to={`/snapshots/${snapshotId}`} size="sm" underline="always">
        {snapshotName}
      </Anchor>
    </>
  );
}
