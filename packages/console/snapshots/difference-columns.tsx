import { Link } from '@tanstack/react-router';
import type { PackageDifference } from '@thimble/protocol';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import classes from './snapshots.module.css';

/** Vulnerabilities that are named in a row; the rest is counted. */
const NAMED = 2;

export const DIFFERENCE_COLUMNS: readonly Column<PackageDifference>[] = [
  {
    id: 'name',
    header: 'Package',
    title: true,
    width: '24%',
    sortKey: (one) => one.name,
    cell: (one) => (
      <>
        {one.name} <span style={{ fontWeight: 400, opacity: 0.75 }}>{one.architecture}</span>{' '}
        {one.blocked ? <Tag tone="danger">blocked</Tag> : null}
      </>
    ),
  },
  { id: 'from', header: 'From', cell: (one) => <Version text={one.from} none="new" />, sortKey: (one) => one.from },
  { id: 'to', header: 'To', cell: (one) => <Version text={one.to} none="gone" />, sortKey: (one) => one.to },
  {
    id: 'closes',
    header: 'Closes',
    wide: true,
    sortKey: (one) => -one.closes.length,
    cell: (one) => <Closes ids={one.closes} />,
  },
  {
    id: 'endpoints',
    header: 'Endpoints',
    width: '6.4rem',
    numeric: true,
    sortKey: (one) => one.endpointCount,
    cell: (one) => formatCount(one.endpointCount),
  },
  {
    id: 'size',
    header: 'Size',
    width: '6rem',
    numeric: true,
    from: 'md',
    sortKey: (one) => one.downloadBytes,
    cell: (one) => formatBytes(one.downloadBytes),
  },
  {
    id: 'repository',
    header: 'Repository',
    width: '9rem',
    from: 'xl',
    sortKey: (one) => one.repositoryName,
    cell: (one) => one.repositoryName,
  },
];

function Version({ text, none }: { text: string | null; none: string }) {
  return text === null ? <Tag tone="quiet">{none}</Tag> : <span className={classes['version']}>{text}</span>;
}

function Closes({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return <span style={{ opacity: 0.6 }}>–</span>;
  return (
    <span title={ids.join(', ')}>
      {ids.slice(0, NAMED).map((id, index) => (
        <span key={id}>
          {index === 0 ? '' : ', '}
          <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: id }} className="plain">
            {id}
          </Link>
        </span>
      ))}
      {ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ''}
    </span>
  );
}
