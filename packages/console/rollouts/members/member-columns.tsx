import { Button } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { RolloutMember } from '@thimble/protocol';
import { Ago } from '../../format/moment.tsx';
import { formatMoment } from '../../format/time.ts';
import { MEMBER_OUTCOME_ORDER, MEMBER_OUTCOMES, TRIAL_STATES } from '../../states/rollout-states.ts';
import { StateBadge, Tag } from '../../states/state-badge.tsx';
import type { Column } from '../../tables/column.ts';

export function memberColumns(
  expanded: ReadonlySet<string>,
  toggle: (id: string) => void,
): readonly Column<RolloutMember>[] {
  return [
    {
      id: 'hostname',
      header: 'Endpoint',
      title: true,
      width: '20%',
      sortKey: (member) => member.hostname,
      cell: (member) => (
        <Link to="/endpoints/$endpointId" params={{ endpointId: member.endpointId }} className="plain">
          {member.hostname}
        </Link>
      ),
    },
    { id: 'ring', header: 'Ring', width: '7rem', sortKey: (member) => member.ring, cell: (member) => member.ring },
    {
      id: 'outcome',
      header: 'Outcome',
      width: '7.6rem',
      sortKey: (member) => MEMBER_OUTCOME_ORDER.indexOf(member.outcome),
      cell: (member) => <StateBadge look={MEMBER_OUTCOMES[member.outcome]} />,
    },
    { id: 'explanation', header: 'Why', wide: true, cell: (member) => <Explanation member={member} /> },
    {
      id: 'until',
      header: 'Until',
      width: '7rem',
      from: 'md',
      sortKey: (member) => member.waitsUntil,
      cell: (member) => <Ago at={member.waitsUntil} fallback="–" />,
    },
    {
      id: 'slot',
      header: 'Planned',
      width: '9rem',
      from: 'lg',
      sortKey: (member) => member.slot?.startsAt ?? null,
      cell: ({ slot }) =>
        slot === null ? (
          '–'
        ) : (
          <span title={`in ${slot.window ?? 'any time'}, begins before ${formatMoment(slot.startBefore)}`}>
            {formatMoment(slot.startsAt)}
          </span>
        ),
    },
    {
      id: 'trial',
      header: 'Trial',
      width: '7rem',
      from: 'xl',
      sortKey: (member) => member.trial,
      cell: ({ trial }) => (trial === null ? '–' : <StateBadge look={TRIAL_STATES[trial]} />),
    },
    {
      id: 'log',
      header: 'Log',
      width: '5.6rem',
      cell: ({ endpointId, hostname }) => {
        const open = expanded.has(endpointId);
        const Icon = open ? IconChevronDown : IconChevronRight;
        return (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={open}
            aria-label={`Log of ${hostname}`}
            rightSection={<Icon size={14} aria-hidden />}
            onClick={() => toggle(endpointId)}
          >
            Log
          </Button>
        );
      },
    },
  ];
}

function Explanation({ member: { explanation, hold } }: { member: RolloutMember }) {
  return (
    <>
      {hold === null ? null : (
        <>
          <Tag tone="notice">held by {hold.by}</Tag>{' '}
        </>
      )}
      {explanation}
    </>
  );
}
