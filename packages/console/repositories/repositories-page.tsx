import { Anchor, Button, SegmentedControl, Stack } from '@mantine/core';
import { IconDatabaseImport, IconPlus, IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { RepositorySummary } from '@thimble/protocol';
import { useCallback, useMemo, useState } from 'react';
import { syncRepository } from '../api/content-actions.ts';
import { proposalsQuery, repositoriesQuery } from '../api/content-queries.ts';
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
import { AddDialog } from './add-dialog.tsx';
import { placeOf } from './place.ts';
import { ProposalsPanel } from './proposals-panel.tsx';
import { repositoryColumns } from './repository-columns.tsx';
import { RepositoryDetail } from './repository-detail.tsx';
import { RepositorySettingsDialog } from './settings-dialog.tsx';

const route = getRouteApi('/frame/repositories');
const idOf = (one: RepositorySummary): string => one.id;
const nameOf = (one: RepositorySummary): string => one.name;
const BY_STATE = [{ id: 'health', desc: false }];
const showDetail = (one: RepositorySummary) => <RepositoryDetail repository={one} />;
const inTrouble = (one: RepositorySummary): boolean => one.health === 'failing' || one.health === 'stale';

/** Where patches come from, who vouches for them, and what upstreams gave that was not taken. */
export function RepositoriesPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(repositoriesQuery);
  const proposals = useQuery(proposalsQuery);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [edited, setEdited] = useState<RepositorySummary>();
  const [adding, setAdding] = useState(false);
  const { mutate: sync, isPending } = useAction({
    run: (ids: readonly string[]) => Promise.all(ids.map((id) => syncRepository(id))),
    refresh: [keys.repositories],
    done: (_replies, ids) => toastDone('Upstreams are asked', plural(ids.length, 'repository', 'repositories')),
  });
  const toggle = useCallback((one: RepositorySummary) => {
    setExpanded((before) => {
      const next = new Set(before);
      if (!next.delete(one.id)) next.add(one.id);
      return next;
    });
  }, []);
  const columns = useMemo(
    () =>
      repositoryColumns({
        isOpen: (one) => expanded.has(one.id),
        toggle,
        sync: (one) => sync([one.id]),
        edit: setEdited,
      }),
    [expanded, toggle, sync],
  );
  const change = (next: Partial<typeof search>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const all = query.data?.items ?? [];
  const idle = all.filter((one) => one.enabled && one.running === null);
  return (
    <Page
      title="Repositories"
      description="Patches are fetched from here, once, and only what an approved key vouches for is ever served."
      actions={
        <>
          <Permitted needs="content:write">
            <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              Add …
            </Button>
          </Permitted>
          <Permitted needs="content:write">
            <Button
              leftSection={<IconRefresh size={16} aria-hidden />}
              disabled={idle.length === 0}
              loading={isPending}
              onClick={() => sync(idle.map(idOf))}
            >
              Check all now
            </Button>
          </Permitted>
        </>
      }
    >
      <Stack gap="md">
        <ProposalsPanel proposals={proposals.data?.items ?? []} />
        <div>
          <Toolbar>
            <SearchInput
              label="Search repositories"
              value={search.search ?? ''}
              onChange={(value) => change({ search: value === '' ? undefined : value })}
            />
            <SegmentedControl
              aria-label="Which repositories"
              value={search.show ?? 'all'}
              onChange={(value) => change({ show: value === 'trouble' ? value : undefined })}
              data={[
                { value: 'all', label: `All ${all.length}` },
                { value: 'trouble', label: `Trouble ${all.filter(inTrouble).length}` },
              ]}
            />
          </Toolbar>
          <Loaded query={query} skeleton={<LinesSkeleton lines={6} height={48} />}>
            {({ items }) => (
              <DataTable
                label="Repositories"
                columns={columns}
                rows={items.filter((one) => isShown(one, search))}
                rowId={idOf}
                rowName={nameOf}
                initialSorting={BY_STATE}
                expanded={expanded}
                detail={showDetail}
                empty={
                  items.length === 0 ? (
                    <EmptyState icon={<IconDatabaseImport size={34} stroke={1.5} />} title="No repository was added">
                      {(proposals.data?.total ?? 0) > 0
                        ? 'Those that endpoints have are above, with their keys.'
                        : 'They are proposed when endpoints have reported what they have configured.'}
                    </EmptyState>
                  ) : (
                    <EmptyState
                      title={search.show === 'trouble' ? 'No repository is in trouble' : 'No repository matches'}
                    >
                      <Anchor component={Link} to="/repositories" size="sm" underline="always">
                        Show all
                      </Anchor>
                    </EmptyState>
                  )
                }
              />
            )}
          </Loaded>
        </div>
      </Stack>
      {edited === undefined ? null : (
        <RepositorySettingsDialog repository={edited} onClose={() => setEdited(undefined)} />
      )}
      {adding ? <AddDialog onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function isShown(
  one: RepositorySummary,
  { search, show }: { search?: string | undefined; show?: string | undefined },
): boolean {
  if (show === 'trouble' && !inTrouble(one)) return false;
  const text = [one.name, one.format, placeOf(one), ...one.keys.flatMap(({ userIds }) => userIds)]
    .join(' ')
    .toLowerCase();
  return search === undefined || text.includes(search.toLowerCase());
}
