import { Button } from '@mantine/core';
import { IconRss, IconSearchOff, IconShieldCheck, IconShieldQuestion } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { feedsQuery, gapsQuery } from '../api/assess-queries.ts';
import { overviewQuery } from '../api/queries.ts';
import { readinessOf } from '../feeds/feed-readiness.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { plural } from '../format/quantity.ts';

const ICON = { size: 34, stroke: 1.5 } as const;

/** Why the list is empty: seldom because there is nothing to find. */
export function NoVulnerabilities({ filtered }: { filtered: boolean }) {
  const feeds = useQuery(feedsQuery);
  const gaps = useQuery(gapsQuery);
  const overview = useQuery(overviewQuery);
  if (filtered) {
    return (
      <EmptyState icon={<IconSearchOff {...ICON} />} title="No vulnerability matches">
        Change the search or the filters.
      </EmptyState>
    );
  }
  if (feeds.data === undefined) {
    return (
      <EmptyState icon={<IconShieldQuestion {...ICON} />} title="No vulnerability is listed">
        Whether the feeds were synchronised is not known yet, so this says nothing.
      </EmptyState>
    );
  }
  const readiness = readinessOf(feeds.data.items);
  if (overview.data?.endpointCount === 0 || readiness.kind === 'nothing-needed') {
    return (
      <EmptyState icon={<IconShieldQuestion {...ICON} />} title="Nothing was assessed yet">
        No endpoint has reported software that a feed speaks of. It shows when the first endpoint was scanned.
        <Act to="/endpoints" text="Go to the endpoints" />
      </EmptyState>
    );
  }
  if (readiness.kind === 'never') {
    return (
      <EmptyState icon={<IconRss {...ICON} />} title="Feeds were never synchronised">
        Without advisories nothing can be said about this fleet: {plural(readiness.needed, 'feed')} that it needs{' '}
        {readiness.needed === 1 ? 'waits' : 'wait'}. Synchronise them, or import a bundle where there is no internet.
        <Act to="/feeds" text="Go to the feeds" />
      </EmptyState>
    );
  }
  if (readiness.kind === 'first-sync') {
    return (
      <EmptyState icon={<IconRss {...ICON} />} title="The first synchronisation is under way">
        Vulnerabilities show here as soon as advisories were read and the fleet was assessed.
        <Act to="/feeds" text="See how far it is" />
      </EmptyState>
    );
  }
  return gaps.data?.total === 0 ? (
    <EmptyState icon={<IconShieldCheck {...ICON} />} title="No known vulnerability is open">
      All installed software was held against the advisories of the synchronised feeds.
    </EmptyState>
  ) : (
    <EmptyState icon={<IconShieldQuestion {...ICON} />} title="No known vulnerability is open in what was assessed">
      Something could not be assessed; that is unknown, not safe.
      <Act to="/gaps" text="See the gaps" />
    </EmptyState>
  );
}

function Act({ to, text }: { to: '/feeds' | '/gaps' | '/endpoints'; text: string }): ReactNode {
  return (
    <div style={{ marginTop: '0.9rem' }}>
      <Button component={Link} to={to} size="xs">
        {text}
      </Button>
    </div>
  );
}
