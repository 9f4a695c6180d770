import { NativeSelect } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Exception } from '@thimble/protocol';
import { exceptionsQuery } from '../api/assess-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { useNow } from '../format/moment.tsx';
import { Page } from '../shell/page.tsx';
import {
  EXCEPTION_STATE_ORDER,
  EXCEPTION_STATES,
  exceptionState,
  type ExceptionState,
} from '../states/exception-states.ts';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { ExceptionTable } from './exception-table.tsx';
import { VexActions } from './vex-actions.tsx';

const route = getRouteApi('/frame/exceptions');

/** Risks that somebody bears for a time, and statements that a finding does not hold. */
export function ExceptionsPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(exceptionsQuery);
  const nowMs = useNow();
  const all = query.data?.items ?? [];
  const count = (state: ExceptionState): number => all.filter((one) => exceptionState(one, nowMs) === state).length;
  const change = (next: Partial<typeof search>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  return (
    <Page
      title="Exceptions"
      description="Accepted risks with an owner and an end, and statements that a finding does not hold. They are made on the page of a vulnerability."
      actions={<VexActions />}
    >
      <div>
        <Toolbar>
          <SearchInput
            label="Search exceptions"
            value={search.search ?? ''}
            onChange={(value) => change({ search: value === '' ? undefined : value })}
          />
          <NativeSelect
            aria-label="State"
            data={[
              { value: '', label: `All states (${all.length})` },
              ...EXCEPTION_STATE_ORDER.map((state) => ({
                value: state,
                label: `${EXCEPTION_STATES[state].label} (${count(state)})`,
              })),
            ]}
            value={search.state ?? ''}
            onChange={({ currentTarget: { value } }) =>
              change({ state: EXCEPTION_STATE_ORDER.find((state) => state === value) })
            }
          />
        </Toolbar>
        <Loaded query={query} skeleton={<LinesSkeleton lines={8} height={56} />}>
          {({ items }) => (
            <ExceptionTable
              label="Exceptions"
              withVulnerability
              exceptions={items.filter((one) => isShown(one, search, nowMs))}
              empty={
                items.length === 0 ? (
                  <EmptyState icon={<IconHandStop size={34} stroke={1.5} />} title="No exception was made">
                    Accept a risk on the page of a vulnerability, or import a supplier’s VEX document.
                  </EmptyState>
                ) : (
                  <EmptyState title="No exception matches">Change the search or the state.</EmptyState>
                )
              }
            />
          )}
        </Loaded>
      </div>
    </Page>
  );
}

function isShown(
  one: Exception,
  { search, state }: { search?: string | undefined; state?: ExceptionState | undefined },
  nowMs: number,
): boolean {
  if (state !== undefined && exceptionState(one, nowMs) !== state) return false;
  const text = [one.vulnerability, one.package, one.hostname, one.owner, one.reason, one.createdBy].join(' ');
  return search === undefined || text.toLowerCase().includes(search.toLowerCase());
}
