import { Link } from '@tanstack/react-router';
import type { SnapshotSummary } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import classes from './snapshots.module.css';

export const SNAPSHOT_COLUMNS: readonly Column<SnapshotSummary>[] = [
  {
    id: 'name',
    header: 'Snapshot',
    title: true,
    width: '26%',
    sortKey: (one) => one.name,
    cell: (one) => (
      <>
        <Link to="/snapshots/$snapshotId" params={{ snapshotId: one.id }} className="plain">
          {one.name}
        </Link>{' '}
        <SnapshotTags snapshot={one} />
      </>
    ),
  },
  {
    id: 'created',
    header: 'Made',
    width: '9rem',
    sortKey: (one) => one.createdAt,
    cell: (one) => <Ago at={one.createdAt} />,
  },
  {
    id: 'repositories',
    header: 'Repositories',
    width: '8rem',
    numeric: true,
    from: 'lg',
    sortKey: (one) => one.revisionCount,
    cell: (one) => formatCount(one.revisionCount),
  },
  {
    id: 'packages',
    header: 'Packages',
    width: '7rem',
    numeric: true,
    sortKey: (one) => one.packageCount,
    cell: (one) => formatCount(one.packageCount),
  },
  {
    id: 'stored',
    header: 'Stored',
    width: '7rem',
    numeric: true,
    from: 'md',
    sortKey: (one) => one.storedBytes,
    cell: (one) => formatBytes(one.storedBytes),
  },
  {
    id: 'runs',
    header: 'Runs',
    width: '6rem',
    numeric: true,
    sortKey: (one) => one.runCount,
    cell: (one) => formatCount(one.runCount),
  },
  {
    id: 'saved',
    header: 'Served',
    width: '7rem',
    numeric: true,
    from: 'lg',
    sortKey: (one) => one.servedBytes,
    cell: (one) => (
      <span title={`for ${formatBytes(one.upstreamBytes)} from upstream`}>{formatBytes(one.servedBytes)}</span>
    ),
  },
];

/** Channels that point at it, and what is special about it. */
export function SnapshotTags({ snapshot }: { snapshot: SnapshotSummary }) {
  return (
    <span className={classes['tags']}>
      {snapshot.channels.map((channel) => (
        <Tag key={channel} tone="good">
          {channel}
        </Tag>
      ))}
      {snapshot.pinned ? <Tag tone="quiet">pinned</Tag> : null}
      {snapshot.origin === 'imported' ? <Tag tone="quiet">imported</Tag> : null}
      {snapshot.retiredAt === null ? null : <Tag tone="notice">retired</Tag>}
    </span>
  );
}
