import { Button } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { PackageDifference } from '@thimble/protocol';
import { Fragment } from 'react';
import { formatBytes, formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { urgencyOf } from './difference-rows.ts';
import classes from './snapshots.module.css';

/** Vulnerabilities that are named in a row; the rest is counted. */
const NAMED = 2;

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
      cell: (one) => <Closes ids={one.closes} />,
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
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            px={5}
            title={`Block ${one.to} …`}
            aria-label={`Block ${one.name} ${one.to}`}
            onClick={() => block(one)}
          >
            <IconBan size={16} aria-hidden />
          </Button>
        ),
    },
  ];
}

function Version({ text, none }: { text: string | null; none: string }) {
  return text === null ? <Tag tone="quiet">{none}</Tag> : <span className={classes['version']}>{text}</span>;
}

function Closes({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return <span style={{ opacity: 0.75 }}>–</span>;
  const named = ids.slice(0, NAMED);
  return (
    <span title={ids.join(', ')}>
      {named.map((id, index) => (
        <Fragment key={id}>
          <span style={{ whiteSpace: 'nowrap' }}>
            <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: id }} className="plain">
              {id}
            </Link>
            {index === named.length - 1 ? '' : ','}
          </span>{' '}
        </Fragment>
      ))}
      {ids.length > NAMED ? <span style={{ whiteSpace: 'nowrap' }}>and {ids.length - NAMED} more</span> : null}
    </span>
  );
}
