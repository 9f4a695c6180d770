import { Anchor, Button, SegmentedControl, Stack } from '@mantine/core';
import { IconRefresh, IconRss } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { FeedSummary } from '@thimble/protocol';
import { useCallback, useMemo, useState } from 'react';
import { syncFeed } from '../api/assess-actions.ts';
import { feedsQuery } from '../api/assess-queries.ts';
import { keys } from '../api/keys.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { toastDone } from '../feedback/toasts.tsx';
import { useAction } from '../feedback/use-action.ts';
import { plural } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { AirGapPanel } from './air-gap-panel.tsx';
import { feedColumns } from './feed-columns.tsx';
import { FeedDetail } from './feed-detail.tsx';
import { isInTrouble, isNeeded } from './feed-readiness.ts';
import { FeedSettingsDialog } from './feed-settings-dialog.tsx';
import { ImportDialog } from './import-dialog.tsx';

const route = getRouteApi('/frame/feeds');
const idOf = (feed: FeedSummary): string => feed.id;
const nameOf = (feed: FeedSummary): string => feed.name;
const BY_NEED = [{ id: 'needed', desc: false }];
const showDetail = (feed: FeedSummary) => <FeedDetail feed={feed} />;

/** Where advisories come from, how old they are, and what went wrong. */
export function FeedsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(feedsQuery);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [edited, setEdited] = useState<FeedSummary>();
  const [importing, setImporting] = useState(false);
  const { mutate: sync, isPending } = useAction({
    run: (ids: readonly string[]) => Promise.all(ids.map(syncFeed)),
    refresh: [keys.feeds],
    done: (_replies, ids) => toastDone('Synchronisation was started', plural(ids.length, 'feed')),
  });
  const toggle = useCallback((feed: FeedSummary) => {
    setExpanded((before) => {
      const next = new Set(before);
      if (!next.delete(feed.id)) next.add(feed.id);
      return next;
    });
  }, []);
  const columns = useMemo(
    () =>
      feedColumns({
        isOpen: (feed) => expanded.has(feed.id),
        toggle,
        sync: (feed) => sync([feed.id]),
        edit: setEdited,
      }),
    [expanded, toggle, sync],
  );
  const change = (next: Partial<typeof search>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const feeds = query.data?.items ?? [];
  const due = feeds.filter((feed) => isNeeded(feed) && feed.mode !== 'off' && feed.running === null);
  return (
    <Page
      title="Feeds"
      description="Advisories and facts from their publishers. Those that the fleet needs are synchronised by themselves."
      actions={
        <Permitted needs="feeds:write">
          <Button
            leftSection={<IconRefresh size={16} aria-hidden />}
            disabled={due.length === 0}
            loading={isPending}
            onClick={() => sync(due.map(idOf))}
          >
            Sync all that are needed
          </Button>
        </Permitted>
      }
    >
      <Stack gap="md">
        <div>
          <Toolbar>
            <SearchInput
              label="Search feeds"
              value={search.search ?? ''}
              onChange={(value) => change({ search: value === '' ? undefined : value })}
            />
            <SegmentedControl
              aria-label="Which feeds"
              value={search.show ?? 'all'}
              onChange={(value) => change({ show: value === 'needed' || value === 'trouble' ? value : undefined })}
              data={[
                { value: 'all', label: `All ${feeds.length}` },
                { value: 'needed', label: `Needed ${feeds.filter(isNeeded).length}` },
                { value: 'trouble', label: `Trouble ${feeds.filter(isInTrouble).length}` },
              ]}
            />
          </Toolbar>
          <Loaded query={query} skeleton={<LinesSkeleton lines={10} height={44} />}>
            {({ items }) => (
              <DataTable
                label="Feeds"
                columns={columns}
                rows={items.filter((feed) => isShown(feed, search))}
                rowId={idOf}
                rowName={nameOf}
                initialSorting={BY_NEED}
                expanded={expanded}
                detail={showDetail}
                empty={
                  search.show === 'trouble' && search.search === undefined ? (
                    <EmptyState icon={<IconRss size={34} stroke={1.5} />} title="No feed is in trouble" />
                  ) : (
                    <EmptyState title="No feed matches">
                      Change the search, or{' '}
                      <Anchor component={Link} to="/feeds" size="sm" underline="always">
                        show all feeds
                      </Anchor>
                      .
                    </EmptyState>
                  )
                }
              />
            )}
          </Loaded>
        </div>
        <AirGapPanel onImport={() => setImporting(true)} />
      </Stack>
      {edited === undefined ? null : <FeedSettingsDialog feed={edited} onClose={() => setEdited(undefined)} />}
      {importing ? <ImportDialog onClose={() => setImporting(false)} /> : null}
    </Page>
  );
}

function isShown(
  feed: FeedSummary,
  { search, show }: { search?: string | undefined; show?: string | undefined },
): boolean {
  if (show === 'needed' && !isNeeded(feed)) return false;
  if (show === 'trouble' && !isInTrouble(feed)) return false;
  const text = [feed.id, feed.name, feed.publisher, ...feed.namespaces, ...feed.neededFor].join(' ').toLowerCase();
  return search === undefined || text.includes(search.toLowerCase());
}
