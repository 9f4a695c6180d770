import { Anchor, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { feedsQuery, gapsQuery } from '../api/assess-queries.ts';
import { readinessOf } from '../feeds/feed-readiness.ts';
import { Banner } from '../feedback/banner.tsx';
import { formatCount, plural } from '../format/quantity.ts';

/** What makes the list below incomplete: feeds that are behind, and what could not be assessed. */
export function AssessmentNotes() {
  const feeds = useQuery(feedsQuery);
  const gaps = useQuery(gapsQuery);
  const readiness = feeds.data === undefined ? undefined : readinessOf(feeds.data.items);
  const gapCount = gaps.data?.total ?? 0;
  return (
    <Stack gap="xs">
      {readiness?.kind === 'first-sync' ? (
        <Banner kind="notice">
          The first synchronisation is under way: {formatCount(readiness.done)} of {plural(readiness.needed, 'feed')}{' '}
          done, {plural(readiness.records, 'record')} read so far. What is shown is not complete yet. <FeedsLink />
        </Banner>
      ) : null}
      {readiness?.kind === 'behind' ? (
        <Banner kind="notice">
          {plural(readiness.feeds.length, 'feed')} that this fleet needs {readiness.feeds.length === 1 ? 'is' : 'are'}{' '}
          not up to date ({readiness.feeds.map((feed) => feed.name).join(', ')}): newer vulnerabilities may be missing
          here. <FeedsLink />
        </Banner>
      ) : null}
      {gapCount === 0 ? null : (
        <Banner kind="unknown">
          {plural(gapCount, 'gap')}: what could not be assessed is not in this list, and is not counted as safe.{' '}
          <Anchor component={Link} to="/gaps" size="sm" underline="always">
            See what, and why
          </Anchor>
        </Banner>
      )}
    </Stack>
  );
}

function FeedsLink() {
  return (
    <Anchor component={Link} to="/feeds" size="sm" underline="always">
      Feeds
    </Anchor>
  );
}
