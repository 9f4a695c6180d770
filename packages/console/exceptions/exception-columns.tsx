import { Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Exception } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import {
  EXCEPTION_KINDS,
  EXCEPTION_STATE_ORDER,
  EXCEPTION_STATES,
  exceptionState,
  justificationWords,
} from '../states/exception-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';

interface ExceptionColumnOptions {
  readonly nowMs: number;
  readonly revoke: (exception: Exception) => void;
  /** Left out on the page of the vulnerability itself. */
  readonly withVulnerability: boolean;
}

export function exceptionColumns(options: ExceptionColumnOptions): readonly Column<Exception>[] {
  const { nowMs, revoke, withVulnerability } = options;
  const scope: Column<Exception> = {
    id: 'scope',
    header: 'Covers',
    cell: (one) => <Scope exception={one} />,
    width: '20%',
    wide: true,
    ...(withVulnerability ? {} : { title: true }),
  };
  const identifier: Column<Exception> = {
    id: 'vulnerability',
    header: 'Vulnerability',
    title: true,
    width: '9.8rem',
    sortKey: (one) => one.vulnerability,
    cell: (one) => (
      <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: one.vulnerability }} className="plain">
        {one.vulnerability}
      </Link>
    ),
  };
  return [
    ...(withVulnerability ? [identifier, scope] : [scope]),
    {
      id: 'state',
      header: 'State',
      width: '8.5rem',
      sortKey: (one) => EXCEPTION_STATE_ORDER.indexOf(exceptionState(one, nowMs)),
      cell: (one) => <StateBadge look={EXCEPTION_STATES[exceptionState(one, nowMs)]} />,
    },
    { id: 'reason', header: 'What and why', wide: true, cell: (one) => <Reason exception={one} /> },
    {
      id: 'owner',
      header: 'Owner',
      width: '8rem',
      sortKey: (one) => one.owner,
      cell: (one) => one.owner,
    },
    {
      id: 'created',
      header: 'Made',
      width: '8rem',
      from: 'xl',
      sortKey: (one) => one.createdAt,
      cell: (one) => (
        <>
          <Ago at={one.createdAt} />
          <Text size="xs" c="dimmed">
            by {one.createdBy}
          </Text>
        </>
      ),
    },
    {
      id: 'expires',
      header: 'Ends',
      width: '7.2rem',
      sortKey: (one) => one.revokedAt ?? one.expiresAt,
      cell: (one) => <Ago at={one.revokedAt ?? one.expiresAt} fallback="when revoked" />,
    },
    {
      id: 'revoke',
      header: '',
      width: '5.6rem',
      cell: (one) =>
        ['active', 'expiring'].includes(exceptionState(one, nowMs)) ? (
          <Button
            variant="subtle"
            size="compact-sm"
            c="var(--mantine-color-error)"
            aria-label={`Revoke the exception for ${one.vulnerability}`}
            onClick={() => revoke(one)}
          >
            Revoke
          </Button>
        ) : null,
    },
  ];
}

function Scope({ exception }: { exception: Exception }) {
  const { package: name, endpointId, hostname } = exception;
  return (
    <span style={{ fontWeight: 400 }}>
      {name ?? 'every package'}{' '}
      {endpointId === null ? (
        'everywhere'
      ) : (
        <>
          on{' '}
          <Link to="/endpoints/$endpointId" params={{ endpointId }} search={{ tab: 'findings' }} className="plain">
            {hostname ?? endpointId}
          </Link>
        </>
      )}
    </span>
  );
}

function Reason({ exception }: { exception: Exception }) {
  const { kind, justification, reason } = exception;
  return (
    <>
      <Text size="sm" fw={550}>
        {EXCEPTION_KINDS[kind].label}
        {justification === null ? '' : `: ${justificationWords(justification)}`}
      </Text>
      <Text size="sm" c="dimmed">
        {reason}
      </Text>
    </>
  );
}
