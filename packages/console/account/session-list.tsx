import { Badge, Button, Group, Text } from '@mantine/core';
import type { PersonSession } from '@thimble/protocol';
import { useMemo } from 'react';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Ago } from '../format/moment.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { browserName } from './browser-name.ts';

interface SessionListProps {
  readonly sessions: readonly PersonSession[];
  /** Left out: they can only be looked at. */
  readonly onEnd?: (session: PersonSession) => void;
}

const WAYS: Readonly<Record<PersonSession['method'], string>> = {
  link: 'one-time link',
  password: 'password',
  'password-and-code': 'password and code',
  'password-and-recovery-code': 'password and recovery code',
  passkey: 'passkey',
  'single-sign-on': 'single sign-on',
};

const idOf = ({ id }: PersonSession): string => id;
const nameOf = ({ userAgent, address }: PersonSession): string => `${browserName(userAgent)} at ${address}`;

/** Where somebody is signed in: one's own, or another person's for who looks after people. */
export function SessionList({ sessions, onEnd }: SessionListProps) {
  const columns = useMemo(() => sessionColumns(onEnd), [onEnd]);
  return (
    <DataTable
      label="Sessions"
      columns={columns}
      rows={sessions}
      rowId={idOf}
      rowName={nameOf}
      empty={<EmptyState title="No session">Nobody is signed in.</EmptyState>}
    />
  );
}

function sessionColumns(onEnd: ((session: PersonSession) => void) | undefined): readonly Column<PersonSession>[] {
  const columns: Column<PersonSession>[] = [
    {
      id: 'browser',
      header: 'Browser',
      title: true,
      cell: ({ userAgent, address, current }) => (
        <Group gap="xs">
          <div>
            {browserName(userAgent)}
            <Text size="xs" c="dimmed">
              {address}
            </Text>
          </div>
          {current ? (
            <Badge variant="light" color="gray" tt="none">
              this one
            </Badge>
          ) : null}
        </Group>
      ),
    },
    { id: 'method', header: 'Signed in by', width: '13rem', from: 'md', cell: ({ method }) => WAYS[method] },
    { id: 'created', header: 'Since', width: '9rem', from: 'md', cell: ({ createdAt }) => <Ago at={createdAt} /> },
    { id: 'seen', header: 'Last seen', width: '9rem', cell: ({ lastSeenAt }) => <Ago at={lastSeenAt} /> },
  ];
  if (onEnd === undefined) return columns;
  return [
    ...columns,
    {
      id: 'end',
      header: '',
      width: '6rem',
      cell: (session) =>
        session.current ? null : (
          <Button
            variant="subtle"
            size="compact-sm"
            c="var(--mantine-color-error)"
            aria-label={`End ${nameOf(session)}`}
            onClick={() => onEnd(session)}
          >
            End
          </Button>
        ),
    },
  ];
}
