import { Button, Group, Loader } from '@mantine/core';
import { IconRefresh, IconSettings } from '@tabler/icons-react';
import type { FeedSummary } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { formatCount, plural } from '../format/quantity.ts';
import { FEED_HEALTH, FEED_HEALTH_ORDER } from '../states/assess-states.ts';
import { StateBadge, Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { Expander } from '../tables/expander.tsx';
import classes from './feeds.module.css';

export interface FeedColumnActions {
  readonly isOpen: (feed: FeedSummary) => boolean;
  readonly toggle: (feed: FeedSummary) => void;
  readonly sync: (feed: FeedSummary) => void;
  readonly edit: (feed: FeedSummary) => void;
}

export function feedColumns({ isOpen, toggle, sync, edit }: FeedColumnActions): readonly Column<FeedSummary>[] {
  return [
    {
      id: 'name',
      header: 'Feed',
      title: true,
      width: '22%',
      sortKey: (feed) => feed.name,
      cell: (feed) => (
        <>
          <Expander open={isOpen(feed)} onToggle={() => toggle(feed)}>
            {feed.name}
          </Expander>
          <span className={`${classes['publisher'] ?? ''} ${classes['indented'] ?? ''}`}>{feed.publisher}</span>
        </>
      ),
    },
    {
      id: 'health',
      header: 'Health',
      width: '9.5rem',
      sortKey: (feed) => FEED_HEALTH_ORDER.indexOf(feed.health),
      cell: (feed) => <Health feed={feed} />,
    },
    {
      id: 'needed',
      header: 'Needed for',
      wide: true,
      sortKey: (feed) => feed.neededFor.length === 0,
      cell: (feed) => <NeededFor feed={feed} />,
    },
    {
      id: 'synced',
      header: 'Synchronised',
      width: '8.4rem',
      sortKey: (feed) => feed.syncedAt,
      cell: (feed) => <Ago at={feed.syncedAt} />,
    },
    {
      id: 'records',
      header: 'Records',
      width: '6.4rem',
      numeric: true,
      from: 'md',
      sortKey: (feed) => feed.advisoryCount + feed.factCount,
      cell: (feed) => (
        <span title={`${plural(feed.advisoryCount, 'advisory', 'advisories')}, ${plural(feed.factCount, 'fact')}`}>
          {formatCount(feed.advisoryCount + feed.factCount)}
        </span>
      ),
    },
    {
      id: 'faults',
      header: 'Faults',
      width: '5.2rem',
      numeric: true,
      from: 'lg',
      sortKey: (feed) => feed.faultCount,
      cell: (feed) => (feed.faultCount === 0 ? '0' : <Tag tone="notice">{formatCount(feed.faultCount)}</Tag>),
    },
    {
      id: 'actions',
      header: '',
      width: '10.2rem',
      wide: true,
      cell: (feed) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconRefresh size={14} aria-hidden />}
            disabled={feed.running !== null}
            aria-label={`Sync now: ${feed.name}`}
            onClick={() => sync(feed)}
          >
            Sync now
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            px={6}
            aria-label={`Settings of ${feed.name}`}
            onClick={() => edit(feed)}
          >
            <IconSettings size={16} aria-hidden />
          </Button>
        </Group>
      ),
    },
  ];
}

const SHOWN_NEEDS = 2;

function NeededFor({ feed: { neededFor } }: { feed: FeedSummary }) {
  if (neededFor.length === 0) return <span className={classes['publisher']}>nothing in this fleet</span>;
  const rest = neededFor.length - SHOWN_NEEDS;
  return (
    <span title={neededFor.join(', ')}>
      {neededFor.slice(0, SHOWN_NEEDS).join(', ')}
      {rest > 0 ? ` and ${rest} more` : ''}
    </span>
  );
}

function Health({ feed }: { feed: FeedSummary }) {
  if (feed.running !== null) {
    return (
      <span className={classes['running']} data-tone="busy">
        <Loader size={13} aria-hidden />
        <span>
          Reading
          <span className={classes['publisher']}>{plural(feed.running.records, 'record')}</span>
        </span>
      </span>
    );
  }
  return (
    <>
      <StateBadge look={FEED_HEALTH[feed.health]} />
      {feed.failure === null || feed.health !== 'failing' ? null : (
        <span className={classes['publisher']}>{feed.failure.code}</span>
      )}
    </>
  );
}
