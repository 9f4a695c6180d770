import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { EndpointIdentity, EndpointPlace, EndpointSummary } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { separateEndpoint } from '../api/enrolment-actions.ts';
import { endpointIdentityQuery } from '../api/enrolment-queries.ts';
import { keys } from '../api/keys.ts';
import { Fingerprint } from '../enrolment/fingerprint.tsx';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { Facts } from './facts.tsx';
import classes from './endpoint.module.css';

const idOf = (place: EndpointPlace): string => place.bootId;

/** Who the endpoint is: its key, its machine, and where they were seen. In quarantine a person says here which machine it is. */
export function IdentityPanel({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(endpointIdentityQuery(endpoint.id));
  const [keeping, setKeeping] = useState<EndpointPlace>();
  const isQuarantined = endpoint.standing === 'quarantined';
  const columns = useMemo(() => placeColumns(isQuarantined ? setKeeping : undefined), [isQuarantined]);
  const separate = useAction({
    run: (bootId: string) => separateEndpoint(endpoint.id, bootId),
    refresh: [keys.endpoint(endpoint.id)],
    done: () => {
      toastDone('Decided', 'That machine makes itself a new key with its next check-in.');
      setKeeping(undefined);
    },
  });
  return (
    <div className={isQuarantined ? classes['wide'] : undefined}>
      <Panel title="Identity">
        <Loaded query={query} skeleton={<LinesSkeleton lines={4} />}>
          {(identity) => (
            <>
              <Facts facts={factsOf(identity)} />
              {identity.places.length === 0 ? null : (
                <>
                  <Text size="sm" fw={550} mt="sm" mb={4}>
                    Starts of machines that used its key
                  </Text>
                  <DataTable
                    label="Starts of machines that used its key"
                    columns={columns}
                    rows={identity.places}
                    rowId={idOf}
                    rowName={idOf}
                    empty={<EmptyState title="None">It has not checked in yet.</EmptyState>}
                  />
                </>
              )}
            </>
          )}
        </Loaded>
        <ConfirmDialog
          opened={keeping !== undefined}
          title={`Is this one ${endpoint.hostname}?`}
          action="It stays, the others enrol anew"
          pending={separate.isPending}
          onClose={() => setKeeping(undefined)}
          onConfirm={() => {
            if (keeping !== undefined) separate.mutate(keeping.bootId);
          }}
        >
          The machine at {keeping?.address} makes itself a new key when it checks in next, and the quarantine ends. With
          the present key nobody is taken any more: enrol the other one with <code>thimble agent enroll --force</code>.
        </ConfirmDialog>
      </Panel>
    </div>
  );
}

function factsOf(identity: EndpointIdentity): Parameters<typeof Facts>[0]['facts'] {
  const { former, keeping } = identity;
  return [
    ['Key', <Fingerprint key="key" digest={identity.keyid} />],
    ['Key since', <Ago key="since" at={identity.keySince} />],
    ['Machine', <Fingerprint key="machine" digest={identity.machine} />],
    ['Enrolled from', identity.address ?? 'not known'],
    ...(keeping === null ? [] : [['Stays', `the machine with the boot ${keeping}, once it checks in`] as const]),
    ...(former === null
      ? []
      : [
          [
            'Was before',
            <Link key="former" to="/evidence" search={{ endpointId: former.id }}>
              {former.hostname}
              {former.removedAt === null ? '' : ', removed'}
            </Link>,
          ] as const,
        ]),
  ];
}

function placeColumns(keep: ((place: EndpointPlace) => void) | undefined): readonly Column<EndpointPlace>[] {
  const columns: readonly Column<EndpointPlace>[] = [
    { id: 'address', header: 'Address', title: true, width: '9rem', cell: ({ address }) => address },
    { id: 'boot', header: 'Boot', cell: ({ bootId }) => <code title={bootId}>{bootId.slice(0, 13)}</code> },
    {
      id: 'machine',
      header: 'Machine',
      from: 'md',
      cell: ({ machine }) => (machine === null ? 'not said' : <Fingerprint digest={machine} />),
    },
    { id: 'last', header: 'Last seen', width: '8rem', cell: ({ lastSeenAt }) => <Ago at={lastSeenAt} /> },
    { id: 'returns', header: 'Came back', width: '6.5rem', numeric: true, from: 'md', cell: ({ returns }) => returns },
  ];
  if (keep === undefined) return columns;
  return [
    ...columns,
    {
      id: 'keep',
      header: '',
      width: '10rem',
      cell: (place) => (
        <Button variant="default" size="compact-sm" onClick={() => keep(place)}>
          This one stays
        </Button>
      ),
    },
  ];
}
