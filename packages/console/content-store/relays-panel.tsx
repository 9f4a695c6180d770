import { Button, Group, Modal, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { IconBuildingBroadcastTower, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { RelaySummary } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { createRelay, removeRelay } from '../api/content-actions.ts';
import { relaysQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { formatBytes } from '../format/quantity.ts';
import { CopyLine } from '../settings/copy-line.tsx';
import { Panel } from '../shell/panel.tsx';
import type { StateLook } from '../states/endpoint-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import classes from './content-store.module.css';

const idOf = (one: RelaySummary): string => one.id;
const nameOf = (one: RelaySummary): string => one.name;
const BY_NAME = [{ id: 'name', desc: false }];

/** Caches near endpoints, and how much of what is asked of them is there. */
export function RelaysPanel() {
  const query = useQuery(relaysQuery);
  const [creating, setCreating] = useState(false);
  const [removing, setRemoving] = useState<RelaySummary>();
  const columns = useMemo(() => columnsOf(setRemoving), []);
  const remove = useAction({
    run: (id: string) => removeRelay(id),
    refresh: [keys.relays],
    done: () => {
      toastDone('Removed', removing?.name);
      setRemoving(undefined);
    },
  });
  return (
    <Panel
      title="Relays"
      note="Endpoints of a site ask its relay first, and this server when it does not answer"
      flush
      end={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden />}
          onClick={() => setCreating(true)}
        >
          New relay …
        </Button>
      }
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={3} />}>
        {({ items }) => (
          <div className={classes['relays']}>
            <DataTable
              label="Relays"
              columns={columns}
              rows={items}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={BY_NAME}
              empty={
                <EmptyState icon={<IconBuildingBroadcastTower size={34} stroke={1.5} />} title="There is no relay">
                  A site with a thin line fetches each patch once when a relay stands there.
                </EmptyState>
              }
            />
          </div>
        )}
      </Loaded>
      {creating ? <NewRelayDialog onClose={() => setCreating(false)} /> : null}
      <ConfirmDialog
        opened={removing !== undefined}
        title={`Remove ${removing?.name ?? ''}?`}
        action="Remove"
        danger
        pending={remove.isPending}
        onClose={() => setRemoving(undefined)}
        onConfirm={() => {
          if (removing !== undefined) remove.mutate(removing.id);
        }}
      >
        Its token ends at once, and endpoints ask this server instead.
      </ConfirmDialog>
    </Panel>
  );
}

const ONLINE: StateLook = { label: 'Online', tone: 'good', meaning: 'it said hello in the last minutes' };
const OFFLINE: StateLook = {
  label: 'Offline',
  tone: 'failed',
  meaning: 'it serves what it has; endpoints may ask here',
};
const NEVER: StateLook = { label: 'Not started', tone: 'notice', meaning: 'it has not said hello yet' };

function columnsOf(remove: (one: RelaySummary) => void): readonly Column<RelaySummary>[] {
  return [
    { id: 'name', header: 'Relay', title: true, width: '16%', sortKey: nameOf, cell: nameOf },
    {
      id: 'state',
      header: 'State',
      width: '8.2rem',
      sortKey: (one) => one.online,
      cell: (one) => <StateBadge look={one.lastSeenAt === null ? NEVER : one.online ? ONLINE : OFFLINE} />,
    },
    {
      id: 'serves',
      header: 'Serves',
      wide: true,
      cell: ({ site, networks }) => (
        <>
          {site === null || site === '' ? (networks.length === 0 ? 'nobody yet' : '') : `site ${site}`}
          {networks.length === 0 ? null : <span className={classes['networks']}>{networks.join(', ')}</span>}
        </>
      ),
    },
    {
      id: 'seen',
      header: 'Seen',
      width: '7.4rem',
      from: 'md',
      sortKey: (one) => one.lastSeenAt,
      cell: (one) => <Ago at={one.lastSeenAt} />,
    },
    {
      id: 'hits',
      header: 'Hits',
      width: '5rem',
      numeric: true,
      sortKey: (one) => (one.requests === 0 ? 0 : one.hits / one.requests),
      cell: (one) => (one.requests === 0 ? '–' : `${Math.round((one.hits / one.requests) * 100)} %`),
    },
    {
      id: 'served',
      header: 'Served',
      width: '7rem',
      numeric: true,
      sortKey: (one) => one.servedBytes,
      cell: (one) => <span title={`for ${formatBytes(one.fetchedBytes)} fetched`}>{formatBytes(one.servedBytes)}</span>,
    },
    {
      id: 'cache',
      header: 'Cache',
      width: '9.4rem',
      numeric: true,
      from: 'lg',
      sortKey: (one) => one.cacheBytes,
      cell: (one) =>
        one.lastSeenAt === null ? '–' : `${formatBytes(one.cacheBytes)} of ${formatBytes(one.cacheLimitBytes)}`,
    },
    {
      id: 'remove',
      header: '',
      width: '6.5rem',
      cell: (one) => (
        <Button
          variant="subtle"
          size="compact-sm"
          c="var(--mantine-color-error)"
          aria-label={`Remove the relay ${one.name}`}
          onClick={() => remove(one)}
        >
          Remove
        </Button>
      ),
    },
  ];
}

function NewRelayDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [site, setSite] = useState('');
  const [networks, setNetworks] = useState<string[]>([]);
  const create = useAction({
    run: () =>
      createRelay({
        name: name.trim(),
        ...(site.trim() === '' ? {} : { site: site.trim() }),
        ...(networks.length === 0 ? {} : { networks }),
      }),
    refresh: [keys.relays],
  });
  return (
    <Modal opened onClose={onClose} title="New relay" size="lg">
      {create.data === undefined ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') create.mutate();
          }}
        >
          <Stack gap="md">
            <TextInput
              label="Name"
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label="Site"
              description="Endpoints of this site ask it first"
              maxLength={100}
              value={site}
              onChange={(event) => setSite(event.currentTarget.value)}
            />
            <TagsInput
              label="Networks"
              description="Endpoints that come from these ask it first, e.g. 10.2.0.0/16"
              value={networks}
              onChange={setNetworks}
              splitChars={[',', ' ']}
            />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={onClose}>
                Close
              </Button>
              <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
                Create
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="sm" role="status">
          <Text size="sm">Run this where the relay is to be. The token in it is not shown again.</Text>
          <CopyLine label="command that starts the relay" text={create.data.command} />
          <Group justify="flex-end">
            <Button onClick={onClose}>Close</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
