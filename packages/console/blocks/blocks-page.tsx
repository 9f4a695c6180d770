import { Button, SegmentedControl, Text } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { BlockSummary } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { liftBlock } from '../api/content-actions.ts';
import { blocksQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { BlockDialog } from './block-dialog.tsx';

const route = getRouteApi('/frame/blocks');
const idOf = (one: BlockSummary): string => one.id;
const nameOf = (one: BlockSummary): string => `${one.name} ${one.version}`;
const NEWEST_FIRST = [{ id: 'created', desc: true }];

/** Recalled package versions: nobody gets them any more, and where they are already. */
export function BlocksPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(blocksQuery);
  const [blocking, setBlocking] = useState(false);
  const [lifting, setLifting] = useState<BlockSummary>();
  const lift = useAction({
    run: (id: string) => liftBlock(id),
    refresh: [keys.content],
    done: () => {
      toastDone('The block is lifted', lifting === undefined ? '' : nameOf(lifting));
      setLifting(undefined);
    },
  });
  const columns = useMemo(() => columnsOf(setLifting), []);
  const all = query.data?.items ?? [];
  const standing = all.filter(({ liftedAt }) => liftedAt === null);
  return (
    <Page
      title="Blocks"
      description="A blocked package version is not served, planned or installed any more, not even by orders that are under way."
      actions={
        <Permitted needs="content:write">
          <Button leftSection={<IconBan size={16} aria-hidden />} onClick={() => setBlocking(true)}>
            Block a version …
          </Button>
        </Permitted>
      }
    >
      <div>
        <Toolbar>
          <SegmentedControl
            aria-label="Which blocks"
            value={search.all === true ? 'all' : 'standing'}
            onChange={(value) => void navigate({ search: { all: value === 'all' ? true : undefined }, replace: true })}
            data={[
              { value: 'standing', label: `Standing ${standing.length}` },
              { value: 'all', label: `All ${all.length}` },
            ]}
          />
        </Toolbar>
        <Loaded query={query} skeleton={<LinesSkeleton lines={5} height={52} />}>
          {() => (
            <DataTable
              label="Blocks"
              columns={columns}
              rows={search.all === true ? all : standing}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={NEWEST_FIRST}
              empty={
                <EmptyState icon={<IconBan size={34} stroke={1.5} />} title="Nothing is blocked">
                  When an update turns out to be bad, block its version: no endpoint gets it from then on.
                </EmptyState>
              }
            />
          )}
        </Loaded>
      </div>
      {blocking ? <BlockDialog onClose={() => setBlocking(false)} /> : null}
      <ConfirmDialog
        opened={lifting !== undefined}
        title={`Let ${lifting === undefined ? '' : nameOf(lifting)} be installed again?`}
        action="Lift the block"
        pending={lift.isPending}
        onClose={() => setLifting(undefined)}
        onConfirm={() => {
          if (lifting !== undefined) lift.mutate(lifting.id);
        }}
      >
        New plans may contain it again. That it was blocked, why and by whom stays in the evidence.
      </ConfirmDialog>
    </Page>
  );
}

function columnsOf(lift: (one: BlockSummary) => void): readonly Column<BlockSummary>[] {
  return [
    {
      id: 'name',
      header: 'Package',
      title: true,
      width: '21%',
      sortKey: (one) => one.name,
      cell: (one) => (
        <span title={one.packages.join(', ')}>
          {one.name} {one.architecture ?? ''} {one.source ? <Tag tone="quiet">source</Tag> : null}
          <Text component="span" display="block" size="xs" className="mono" c="dimmed">
            {one.version}
          </Text>
        </span>
      ),
    },
    { id: 'reason', header: 'Why', wide: true, cell: (one) => one.reason },
    {
      id: 'installed',
      header: 'Installed on',
      width: '15rem',
      sortKey: (one) => one.installedCount,
      cell: (one) => <InstalledOn block={one} />,
    },
    {
      id: 'created',
      header: 'Blocked',
      width: '12rem',
      from: 'md',
      sortKey: (one) => one.createdAt,
      cell: (one) => <When block={one} />,
    },
    {
      id: 'lift',
      header: '',
      width: '6rem',
      cell: (one) =>
        one.liftedAt === null ? (
          <Permitted needs="content:write">
            <Button
              variant="subtle"
              size="compact-sm"
              aria-label={`Lift the block of ${nameOf(one)}`}
              onClick={() => lift(one)}
            >
              Lift …
            </Button>
          </Permitted>
        ) : (
          <Tag tone="quiet">lifted</Tag>
        ),
    },
  ];
}

function When({ block: { createdAt, createdBy, liftedAt, liftedBy, stoppedOrders, tooLateOrders } }: BlockCell) {
  return (
    <>
      <Ago at={createdAt} /> by {createdBy}
      <Text component="span" display="block" size="xs" c="dimmed">
        {liftedAt === null ? (
          <>
            {stoppedOrders === 0 ? 'no order was under way' : `${plural(stoppedOrders, 'order')} stopped`}
            {tooLateOrders === 0 ? '' : `, ${tooLateOrders} too late`}
          </>
        ) : (
          <>
            lifted <Ago at={liftedAt} /> {liftedBy === null ? '' : `by ${liftedBy}`}
          </>
        )}
      </Text>
    </>
  );
}

interface BlockCell {
  readonly block: BlockSummary;
}

const NAMED = 3;

function InstalledOn({ block: { installedOn, installedCount } }: BlockCell) {
  if (installedCount === 0) return <>no endpoint</>;
  return (
    <>
      {installedOn.slice(0, NAMED).map(({ endpointId, hostname }, index) => (
        <span key={endpointId}>
          {index === 0 ? '' : ', '}
          <Link to="/endpoints/$endpointId" params={{ endpointId }} className="plain">
            {hostname}
          </Link>
        </span>
      ))}
      {installedCount > NAMED ? ` and ${installedCount - NAMED} more` : ''}
    </>
  );
}
