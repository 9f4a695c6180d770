import { Anchor, Button, Stack } from '@mantine/core';
import { IconPlus, IconSnowflake } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SnapshotSummary } from '@thimble/protocol';
import { useState } from 'react';
import { channelsQuery, snapshotsQuery } from '../api/content-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { Page } from '../shell/page.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { ChannelsPanel } from './channels-panel.tsx';
import { CreateDialog } from './create-dialog.tsx';
import { SNAPSHOT_COLUMNS } from './snapshot-columns.tsx';

const idOf = (one: SnapshotSummary): string => one.id;
const nameOf = (one: SnapshotSummary): string => one.name;
const NEWEST_FIRST = [{ id: 'created', desc: true }];

/** The fleet's repositories, frozen at moments: what was tested is what is deployed. */
export function SnapshotsPage() {
  const query = useQuery(snapshotsQuery);
  const channels = useQuery(channelsQuery);
  const [creating, setCreating] = useState(false);
  return (
    <Page
      title="Snapshots"
      description="All repositories frozen at one moment, in the vendors’ own signed form. A run that installs from one gives every endpoint the same bytes."
      actions={
        <Permitted needs="content:write">
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            New snapshot …
          </Button>
        </Permitted>
      }
    >
      <Stack gap="md">
        <ChannelsPanel channels={channels.data?.items ?? []} snapshots={query.data?.items ?? []} />
        <Loaded query={query} skeleton={<LinesSkeleton lines={8} height={44} />}>
          {({ items }) => (
            <DataTable
              label="Snapshots"
              columns={SNAPSHOT_COLUMNS}
              rows={items}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={NEWEST_FIRST}
              empty={
                <EmptyState icon={<IconSnowflake size={34} stroke={1.5} />} title="Nothing was frozen yet">
                  <Anchor component={Link} to="/repositories" size="sm" underline="always">
                    Add the fleet’s repositories
                  </Anchor>
                  , then make the first snapshot.
                </EmptyState>
              }
            />
          )}
        </Loaded>
      </Stack>
      {creating ? <CreateDialog onClose={() => setCreating(false)} /> : null}
    </Page>
  );
}
