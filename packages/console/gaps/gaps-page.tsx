import { Anchor, Stack } from '@mantine/core';
import { IconCircleDashedCheck, IconHelpHexagon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { feedsQuery, gapsQuery } from '../api/assess-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { readinessOf } from '../feeds/feed-readiness.ts';
import { plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { Panel } from '../shell/panel.tsx';
import { gapAdvice } from './gap-advice.ts';
import { GapLine } from './gap-line.tsx';
import { groupGaps, type GapGroup } from './group-gaps.ts';

/** What could not be assessed: it is unknown, and nowhere shown as safe. */
export function GapsPage() {
  const query = useQuery(gapsQuery);
  return (
    <Page
      title="Gaps"
      description="What could not be assessed, why, and what to do about it. Unknown is not safe: it is in no other list."
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={8} height={64} />}>
        {({ items }) =>
          items.length === 0 ? (
            <Panel>
              <NoGaps />
            </Panel>
          ) : (
            <Stack gap="md">
              {groupGaps(items).map((group) => (
                <GapPanel key={group.reason} group={group} />
              ))}
            </Stack>
          )
        }
      </Loaded>
    </Page>
  );
}

function GapPanel({ group }: { group: GapGroup }) {
  const { title, advice, page } = gapAdvice(group.reason);
  return (
    <Panel
      title={title}
      flush
      note={
        <>
          {advice}{' '}
          {page === undefined ? null : (
            <Anchor component={Link} to={page} size="xs" underline="always">
              Feeds
            </Anchor>
          )}
        </>
      }
      end={
        <span data-tone="wait" style={{ fontSize: '0.82rem', color: 'var(--mantine-color-dimmed)' }}>
          {plural(group.gaps.length, 'gap')}, {plural(group.packageCount, 'package')}
        </span>
      }
    >
      {group.gaps.map((gap) => (
        <GapLine key={`${gap.what} ${gap.why}`} gap={gap} />
      ))}
    </Panel>
  );
}

/** No gaps where nothing was assessed would be the worst of lies. */
function NoGaps() {
  const feeds = useQuery(feedsQuery);
  const readiness = feeds.data === undefined ? undefined : readinessOf(feeds.data.items);
  if (readiness?.kind === 'ready' || readiness?.kind === 'behind') {
    return (
      <EmptyState icon={<IconCircleDashedCheck size={34} stroke={1.5} />} title="No gap is known">
        All installed software could be held against advisories.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={<IconHelpHexagon size={34} stroke={1.5} />} title="Nothing was assessed yet">
      Gaps show when feeds were synchronised and endpoints were scanned.{' '}
      <Anchor component={Link} to="/feeds" size="sm" underline="always">
        Go to the feeds
      </Anchor>
    </EmptyState>
  );
}
