import { IconBan } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { PackageDifference } from '@thimble/protocol';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { urgencyOf } from './difference-rows.ts';
import classes from './snapshots.module.css';

/** `order`: how urgent each closed vulnerability is; `block`: recalls the newer version. */
export function differenceColumns(
  order: ReadonlyMap<string, number>,
  block: (one: PackageDifference) => void,
): readonly Column<PackageDifference>[] {
  return [
    {
      id: 'name',
      header: 'Package',
      title: true,
      width: '21%',
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
      width: '22%',
      wide: true,
      sortKey: (one) => urgencyOf(one, order),
      cell: (one) => <Closes ids={one.closes} order={order} />,
    },
    {
      id: 'endpoints',
      header: 'Endpoints',
      width: '6.2rem',
      numeric: true,
      sortKey: (one) => one.endpointCount,
      cell: (one) => formatCount(one.endpointCount),
    },
    {
      id: 'size',
      header: 'Size',
      width: '5.4rem',
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
    {
      id: 'block',
      header: '',
      width: '3.4rem',
      cell: (one) =>
        one.to === null || one.blocked ? null : (
          <button
            type="button"
            className={classes['block']}
            title={`Block ${one.to} …`}
            aria-label={`Block ${one.name} ${one.to}`}
            onClick={() => block(one)}
          >
            <IconBan size={16} aria-hidden />
          </button>
        ),
    },
  ];
}

function Version({ text, none }: { text: string | null; none: string }) {
  return text === null ? <Tag tone="quiet">{none}</Tag> : <span className={classes['version']}>{text}</span>;
}

/** The most urgent one by name, the others counted: each link costs time to draw, and there are hundreds of rows. */
function Closes({ ids, order }: { ids: readonly string[]; order: ReadonlyMap<string, number> }) {
  const place = (id: string): number => order.get(id) ?? order.size;
  const [first, ...others] = ids.toSorted((a, b) => place(a) - place(b));
  if (first === undefined) return <span style={{ opacity: 0.75 }}>–</span>;
  return (
    <span title={ids.join(', ')}>
      <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: first }} className="plain">
        {first}
      </Link>
      {others.length === 0 ? '' : ` and ${others.length} more`}
    </span>
  );
}
