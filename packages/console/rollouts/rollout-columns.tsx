import { Link } from '@tanstack/react-router';
import type { RolloutSummary } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { ROLLOUT_STATE_ORDER, ROLLOUT_STATES } from '../states/rollout-states.ts';
import { StateBadge, Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { RingStrip } from './ring-strip.tsx';

export const ROLLOUT_COLUMNS: readonly Column<RolloutSummary>[] = [
  {
    id: 'name',
    header: 'Rollout',
    title: true,
    width: '20%',
    sortKey: (one) => one.name,
    cell: (one) => (
      <Link to="/rollouts/$rolloutId" params={{ rolloutId: one.id }} className="plain">
        {one.name}
      </Link>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '10.5rem',
    sortKey: (one) => ROLLOUT_STATE_ORDER.indexOf(one.state),
    cell: (one) => <StateBadge look={ROLLOUT_STATES[one.state]} />,
  },
  { id: 'rings', header: 'Rings', width: '8.5rem', cell: (one) => <RingStrip rings={one.rings} /> },
  {
    id: 'explanation',
    header: 'Why',
    wide: true,
    from: 'lg',
    cell: (one) => (
      <>
        {one.explanation} {one.missCount === 0 ? null : <Tag tone="danger">{formatCount(one.missCount)} late</Tag>}
      </>
    ),
  },
  {
    id: 'members',
    header: 'Endpoints',
    width: '6.3rem',
    numeric: true,
    from: 'md',
    sortKey: (one) => one.memberCount,
    cell: (one) => formatCount(one.memberCount),
  },
  {
    id: 'patches',
    header: 'Patches',
    width: '5.6rem',
    numeric: true,
    from: 'xl',
    sortKey: (one) => one.patchCount,
    cell: (one) => formatCount(one.patchCount),
  },
  {
    id: 'started',
    header: 'Started',
    width: '7.6rem',
    sortKey: (one) => one.startedAt,
    cell: (one) => (
      <span title={`by ${one.startedBy}`}>
        <Ago at={one.startedAt} />
      </span>
    ),
  },
  {
    id: 'end',
    header: 'Ends',
    width: '7.6rem',
    from: 'md',
    sortKey: (one) => one.endedAt ?? one.predictedEndsAt,
    cell: (one) => <Ago at={one.endedAt ?? one.predictedEndsAt} fallback="not known" />,
  },
];
