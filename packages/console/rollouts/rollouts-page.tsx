import { Anchor, Button, NativeSelect } from '@mantine/core';
import { IconPlus, IconStairsUp } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { RolloutSummary } from '@thimble/protocol';
import { useMemo, useState } from 'react';
import { rolloutsQuery } from '../api/rollout-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { Page } from '../shell/page.tsx';
import { ROLLOUT_STATE_ORDER, ROLLOUT_STATES } from '../states/rollout-states.ts';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { ROLLOUT_COLUMNS } from './rollout-columns.tsx';
import { StartDialog } from './start-dialog.tsx';

const route = getRouteApi('/frame/rollouts');
const idOf = (one: RolloutSummary): string => one.id;
const nameOf = (one: RolloutSummary): string => one.name;
const NEWEST_FIRST = [{ id: 'started', desc: true }];
const STATE_OPTIONS = [
  { value: '', label: 'All states' },
  ...ROLLOUT_STATE_ORDER.map((state) => ({ value: state, label: ROLLOUT_STATES[state].label })),
];

/** Every run of a policy: where it stands, why, and when it is through. */
export function RolloutsPage() {
  const query = useQuery(rolloutsQuery);
  const { search = '', state } = route.useSearch();
  const navigate = route.useNavigate();
  const [starting, setStarting] = useState(false);
  const rows = useMemo(() => {
    const wanted = search.toLowerCase();
    return (query.data?.items ?? []).filter(
      (one) =>
        (state === undefined || one.state === state) &&
        `${one.name} ${one.policy.name} ${one.explanation}`.toLowerCase().includes(wanted),
    );
  }, [query.data, search, state]);
  const change = (next: { search?: string | undefined; state?: typeof state }): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  return (
    <Page
      title="Rollouts"
      description="A policy’s patches, ring by ring. Each ring is watched before the next one begins; what breaks stops there and goes back."
      actions={
        <Permitted needs="runs:propose">
          <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setStarting(true)}>
            Start a rollout …
          </Button>
        </Permitted>
      }
    >
      <div>
        <Toolbar>
          <SearchInput
            label="Search rollouts"
            value={search}
            onChange={(value) => change({ search: value === '' ? undefined : value })}
          />
          <NativeSelect
            aria-label="State"
            data={STATE_OPTIONS}
            value={state ?? ''}
            onChange={({ currentTarget: { value } }) =>
              change({ state: ROLLOUT_STATE_ORDER.find((one) => one === value) })
            }
          />
        </Toolbar>
        <Loaded query={query} skeleton={<LinesSkeleton lines={8} height={44} />}>
          {({ items }) => (
            <DataTable
              label="Rollouts"
              columns={ROLLOUT_COLUMNS}
              rows={rows}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={NEWEST_FIRST}
              empty={
                items.length === 0 ? (
                  <NoRollouts />
                ) : (
                  <EmptyState title="No rollout matches">Change the search or the filter.</EmptyState>
                )
              }
            />
          )}
        </Loaded>
      </div>
      {starting ? <StartDialog onClose={() => setStarting(false)} /> : null}
    </Page>
  );
}

function NoRollouts() {
  return (
    <EmptyState icon={<IconStairsUp size={34} stroke={1.5} />} title="No rollout yet">
      A{' '}
      <Anchor component={Link} to="/policies" size="sm" underline="always">
        policy
      </Anchor>{' '}
      starts them by its calendar, or you start one here.
    </EmptyState>
  );
}
