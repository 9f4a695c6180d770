import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { PolicySummary } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { OriginTag } from './clients/origin-tag.tsx';

export const POLICY_COLUMNS: readonly Column<PolicySummary>[] = [
  {
    id: 'name',
    header: 'Policy',
    title: true,
    width: '18%',
    sortKey: (one) => one.name,
    cell: (one) => (
      <>
        <Link to="/policies/$policyId" params={{ policyId: one.id }} className="plain">
          {one.name}
        </Link>{' '}
        {one.enabled ? null : <Tag tone="quiet">switched off</Tag>} <OriginTag policy={one} />
      </>
    ),
  },
  {
    id: 'endpoints',
    header: 'Endpoints',
    width: '6.4rem',
    numeric: true,
    sortKey: (one) => one.endpointCount,
    cell: (one) => formatCount(one.endpointCount),
  },
  { id: 'rings', header: 'Rings', width: '16%', from: 'lg', cell: (one) => one.ringNames.join(' → ') },
  {
    id: 'windows',
    header: 'Windows',
    wide: true,
    from: 'md',
    cell: (one) => (one.windowsInWords.length === 0 ? 'any time' : one.windowsInWords.join('; ')),
  },
  {
    id: 'nextWindow',
    header: 'Next window',
    width: '7.6rem',
    sortKey: (one) => one.nextWindowAt,
    cell: (one) => <Ago at={one.nextWindowAt} fallback={one.windowsInWords.length === 0 ? 'open' : 'none'} />,
  },
  {
    id: 'nextStart',
    header: 'Next start',
    width: '7.6rem',
    from: 'lg',
    sortKey: (one) => one.nextStartAt,
    cell: (one) => <Ago at={one.nextStartAt} fallback="by hand" />,
  },
  {
    id: 'rollout',
    header: 'Under way',
    width: '14%',
    cell: ({ activeRollout }) =>
      activeRollout === null ? (
        '–'
      ) : (
        <Anchor component={Link} to={`/rollouts/${activeRollout.id}`} size="sm" underline="always">
          {activeRollout.name}
        </Anchor>
      ),
  },
];
