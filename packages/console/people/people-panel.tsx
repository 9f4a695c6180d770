import { Button, Group, Text } from '@mantine/core';
import { IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { GrantList, Person } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { changePerson } from '../api/access-actions.ts';
import { grantsQuery, peopleQuery, useMay } from '../api/access-queries.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { GrantsDialog } from './grants-dialog.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { writeLabels } from './labels-text.ts';

/** Somebody as the list shows them; people of other organisations have a role here and no account of this one. */
export interface PersonHere {
  readonly id: string;
  readonly name: string;
  readonly account: Person | undefined;
  readonly grants: GrantList['grants'];
}

const idOf = (one: PersonHere): string => one.id;
const nameOf = (one: PersonHere): string => one.name;

/** Everybody who belongs here or has a role here. */
export function PeoplePanel() {
  const people = useQuery(peopleQuery);
  const grants = useQuery(grantsQuery);
  const mayChange = useMay('people:write');
  const [inviting, setInviting] = useState(false);
  const [granting, setGranting] = useState<PersonHere>();
  const [ending, setEnding] = useState<PersonHere>();
  const end = useAction({
    run: ({ id, account }: PersonHere) => changePerson(id, { disabled: account?.disabledAt === null }),
    refresh: [keys.people, keys.grants, keys.tokens, keys.fourEyes],
    done: ({ name, disabledAt }) => {
      toastDone(disabledAt === null ? 'The account works again' : 'The account is disabled', name);
      setEnding(undefined);
    },
  });
  const columns = useMemo(() => columnsOf(mayChange, setGranting, setEnding), [mayChange]);
  const isOn = ending?.account?.disabledAt === null;
  return (
    <Panel
      title="People"
      note="Whoever has no role here can sign in and do nothing"
      flush
      end={
        mayChange ? (
          <Button size="xs" leftSection={<IconUserPlus size={16} aria-hidden />} onClick={() => setInviting(true)}>
            Invite …
          </Button>
        ) : null
      }
    >
      <Loaded query={people} skeleton={<LinesSkeleton lines={4} />}>
        {({ items }) => (
          <DataTable
            label="People"
            columns={columns}
            rows={together(items, grants.data?.items ?? [])}
            rowId={idOf}
            rowName={nameOf}
            empty={
              <EmptyState icon={<IconUsers size={34} stroke={1.5} />} title="Nobody">
                Invite somebody.
              </EmptyState>
            }
          />
        )}
      </Loaded>
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
      {granting === undefined ? null : <GrantsDialog person={granting} onClose={() => setGranting(undefined)} />}
      <ConfirmDialog
        opened={ending !== undefined}
        title={`${isOn ? 'Disable' : 'Enable'} the account of ${ending?.name ?? ''}?`}
        action={isOn ? 'Disable' : 'Enable'}
        danger={isOn}
        pending={end.isPending}
        onClose={() => setEnding(undefined)}
        onConfirm={() => {
          if (ending !== undefined) end.mutate(ending);
        }}
      >
        {isOn
          ? 'Their sessions and API tokens end at once. What they did stays in the evidence under their name.'
          : 'They may sign in again, with the roles that they have. Tokens that ended stay ended.'}
      </ConfirmDialog>
    </Panel>
  );
}

function together(people: readonly Person[], grants: readonly GrantList[]): readonly PersonHere[] {
  const grantsOf = new Map(grants.map((each) => [each.personId, each.grants]));
  const own = people.map((account) => ({
    id: account.id,
    name: account.name,
    account,
    grants: grantsOf.get(account.id) ?? [],
  }));
  const known = new Set(people.map(({ id }) => id));
  const guests = grants.flatMap(({ personId: id, name, grants: given }) =>
    known.has(id) ? [] : [{ id, name, account: undefined, grants: given }],
  );
  return [...own, ...guests];
}

function columnsOf(
  mayChange: boolean,
  grant: (one: PersonHere) => void,
  end: (one: PersonHere) => void,
): readonly Column<PersonHere>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      title: true,
      width: '14rem',
      sortKey: (one) => one.name,
      cell: ({ name, account }) => (
        <span>
          {name} {account === undefined ? <Tag tone="quiet">of another organisation</Tag> : null}
          {account?.disabledAt ? <Tag tone="danger">disabled</Tag> : null}
          {account?.login ? (
            <Text component="span" display="block" size="xs" c="dimmed">
              {account.login}
            </Text>
          ) : null}
        </span>
      ),
    },
    { id: 'roles', header: 'Roles', wide: true, cell: (one) => <Roles grants={one.grants} /> },
    {
      id: 'ways',
      header: 'Signs in by',
      width: '11rem',
      from: 'lg',
      cell: ({ account }) =>
        account === undefined ? '' : account.ways.length === 0 ? 'link only' : account.ways.join(', '),
    },
    {
      id: 'last',
      header: 'Last seen',
      width: '8rem',
      from: 'md',
      sortKey: ({ account }) => account?.lastSignedInAt ?? null,
      cell: ({ account }) => (account === undefined ? '' : <Ago at={account.lastSignedInAt} />),
    },
    ...(mayChange ? [actions(grant, end)] : []),
  ];
}

function actions(grant: (one: PersonHere) => void, end: (one: PersonHere) => void): Column<PersonHere> {
  return {
    id: 'change',
    header: '',
    width: '12rem',
    cell: (one) => (
      <Group gap={4} wrap="nowrap">
        <Button variant="subtle" size="compact-sm" aria-label={`Roles of ${one.name}`} onClick={() => grant(one)}>
          Roles …
        </Button>
        {one.account === undefined ? null : (
          <Button
            variant="subtle"
            size="compact-sm"
            {...(one.account.disabledAt === null ? { c: 'var(--mantine-color-error)' } : {})}
            aria-label={`${one.account.disabledAt === null ? 'Disable' : 'Enable'} ${one.name}`}
            onClick={() => end(one)}
          >
            {one.account.disabledAt === null ? 'Disable …' : 'Enable …'}
          </Button>
        )}
      </Group>
    ),
  };
}

function Roles({ grants }: { grants: PersonHere['grants'] }) {
  if (grants.length === 0)
    return (
      <Text component="span" size="sm" c="dimmed">
        none
      </Text>
    );
  return (
    <Group gap={6}>
      {grants.map((grant) => (
        <Tag key={`${grant.roleId} ${writeLabels(grant.labels)}`} tone={grant.roleId === 'owner' ? 'notice' : 'quiet'}>
          {grant.roleName}
          {grant.labels === null ? '' : ` on ${writeLabels(grant.labels)}`}
          {grant.includeClients ? ', and in clients' : ''}
        </Tag>
      ))}
    </Group>
  );
}
