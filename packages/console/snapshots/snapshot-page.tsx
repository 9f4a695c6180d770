import { Anchor, Button, Menu, Stack, Text, Textarea } from '@mantine/core';
import { IconArrowUpRight, IconBandage, IconChevronLeft, IconDots } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { SnapshotDetail, UpdateSnapshotRequest } from '@thimble/protocol';
import { useState } from 'react';
import { updateSnapshot } from '../api/content-actions.ts';
import { snapshotQuery } from '../api/content-queries.ts';
import { keys } from '../api/keys.ts';
import { Banner } from '../feedback/banner.tsx';
import { ConfirmDialog } from '../feedback/confirm-dialog.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { formatMoment } from '../format/time.ts';
import { useNewRun } from '../runs/new-run.tsx';
import { Page } from '../shell/page.tsx';
import { DifferenceView } from './difference-view.tsx';
import { PromoteDialog } from './promote-dialog.tsx';
import { RevisionsTable } from './revisions-table.tsx';
import { SnapshotTags } from './snapshot-columns.tsx';

const route = getRouteApi('/frame/snapshots/$snapshotId');

/** One snapshot: what it would change, what it closes, of what it is made. */
export function SnapshotPage() {
  const { snapshotId } = route.useParams();
  const query = useQuery(snapshotQuery(snapshotId));
  if (query.data === undefined)
    return (
      <Page title="Snapshot" trail={<Trail />}>
        <Loaded query={query} skeleton={<LinesSkeleton lines={12} />}>
          {() => null}
        </Loaded>
      </Page>
    );
  return <ShownSnapshot detail={query.data} />;
}

function Trail() {
  return (
    <Anchor component={Link} to="/snapshots" size="sm" style={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
      <IconChevronLeft size={14} aria-hidden />
      Snapshots
    </Anchor>
  );
}

function ShownSnapshot({ detail }: { detail: SnapshotDetail }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const newRun = useNewRun();
  const [promoting, setPromoting] = useState(false);
  const { summary, revisions } = detail;
  return (
    <Page
      title={summary.name}
      badge={<SnapshotTags snapshot={summary} />}
      trail={<Trail />}
      description={`Frozen ${formatMoment(summary.createdAt)} by ${summary.createdBy}${summary.note === '' ? '' : `: ${summary.note}`}`}
      actions={
        <>
          <SnapshotMenu detail={detail} />
          <Permitted needs="content:write">
            <Button
              variant="default"
              leftSection={<IconArrowUpRight size={16} aria-hidden />}
              disabled={summary.retiredAt !== null}
              onClick={() => setPromoting(true)}
            >
              Promote …
            </Button>
          </Permitted>
          <Permitted needs="runs:propose">
            <Button
              leftSection={<IconBandage size={16} aria-hidden />}
              disabled={summary.retiredAt !== null}
              onClick={() => newRun({ snapshot: { id: summary.id, name: summary.name } })}
            >
              Patch from it …
            </Button>
          </Permitted>
        </>
      }
    >
      <Stack gap="lg">
        {summary.retiredAt === null ? null : (
          <Banner kind="notice">
            Retired {formatMoment(summary.retiredAt)}; no new run may use it. {summary.retiredReason}
          </Banner>
        )}
        <DifferenceView
          detail={detail}
          search={search}
          onChange={(next) =>
            void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false })
          }
        />
        <RevisionsTable revisions={revisions} />
      </Stack>
      {promoting ? <PromoteDialog snapshot={summary} onClose={() => setPromoting(false)} /> : null}
    </Page>
  );
}

function SnapshotMenu({ detail: { summary } }: { detail: SnapshotDetail }) {
  const [retiring, setRetiring] = useState(false);
  const [reason, setReason] = useState('');
  const update = useAction({
    run: (request: UpdateSnapshotRequest) => updateSnapshot(summary.id, request),
    refresh: [keys.content],
    done: () => {
      setRetiring(false);
      toastDone('Saved', summary.name);
    },
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={10} aria-label="More about this snapshot">
            <IconDots size={18} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Permitted needs="content:write">
            <Menu.Item onClick={() => update.mutate({ pinned: !summary.pinned })}>
              {summary.pinned ? 'Unpin: collect it when its time comes' : 'Pin: never collect it'}
            </Menu.Item>
          </Permitted>
          {summary.retiredAt === null ? (
            <Permitted needs="content:write">
              <Menu.Item onClick={() => setRetiring(true)}>Retire …</Menu.Item>
            </Permitted>
          ) : (
            <Permitted needs="content:write">
              <Menu.Item onClick={() => update.mutate({ retired: false })}>Take retirement back</Menu.Item>
            </Permitted>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={retiring}
        title={`Retire ${summary.name}?`}
        action="Retire"
        danger
        pending={update.isPending}
        onClose={() => setRetiring(false)}
        onConfirm={() => update.mutate({ retired: true, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) })}
      >
        <Stack gap="sm">
          <Text size="sm">
            No new run may use it, and no channel may point at it. Runs that are under way go on. What only it needs is
            collected later.
          </Text>
          <Textarea
            label="Why"
            autosize
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        </Stack>
      </ConfirmDialog>
    </>
  );
}
