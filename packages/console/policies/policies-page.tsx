import { Button } from '@mantine/core';
import { IconChecklist, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { PolicySummary } from '@thimble/protocol';
import { useMemo } from 'react';
import { policiesQuery } from '../api/policy-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Permitted } from '../feedback/permitted.tsx';
import { Page } from '../shell/page.tsx';
import { DataTable } from '../tables/data-table.tsx';
import { SearchInput } from '../tables/search-input.tsx';
import { Toolbar } from '../tables/toolbar.tsx';
import { POLICY_COLUMNS } from './policy-columns.tsx';
import { UncoveredBanner } from './uncovered-banner.tsx';

const route = getRouteApi('/frame/policies');
const idOf = (one: PolicySummary): string => one.id;
const nameOf = (one: PolicySummary): string => one.name;
const BY_NAME = [{ id: 'name', desc: false }];

/** What must be patched by when, and how carefully. */
export function PoliciesPage() {
  const query = useQuery(policiesQuery);
  const { search = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const rows = useMemo(
    () =>
      (query.data?.items ?? []).filter((one) =>
        `${one.name} ${one.description} ${one.ringNames.join(' ')}`.toLowerCase().includes(search.toLowerCase()),
      ),
    [query.data, search],
  );
  return (
    <Page
      title="Policies"
      description="What must be patched by when, and how carefully. An endpoint follows one policy, and says why that one."
      actions={
        <Permitted needs="policies:write">
          <Button component={Link} to="/policies/new" leftSection={<IconPlus size={16} aria-hidden />}>
            New policy …
          </Button>
        </Permitted>
      }
    >
      <Loaded query={query} skeleton={<LinesSkeleton lines={6} height={44} />}>
        {({ items, uncovered }) => (
          <div>
            <UncoveredBanner uncovered={uncovered} />
            <Toolbar>
              <SearchInput
                label="Search policies"
                value={search}
                onChange={(value) =>
                  void navigate({
                    search: { search: value === '' ? undefined : value },
                    replace: true,
                    resetScroll: false,
                  })
                }
              />
            </Toolbar>
            <DataTable
              label="Policies"
              columns={POLICY_COLUMNS}
              rows={rows}
              rowId={idOf}
              rowName={nameOf}
              initialSorting={BY_NAME}
              empty={
                items.length === 0 ? (
                  <NoPolicies />
                ) : (
                  <EmptyState title="No policy matches">Change the search.</EmptyState>
                )
              }
            />
          </div>
        )}
      </Loaded>
    </Page>
  );
}

function NoPolicies() {
  return (
    <EmptyState icon={<IconChecklist size={34} stroke={1.5} />} title="No policy yet">
      Begin with a template, look at what it would do in the coming weeks, then switch it on.
    </EmptyState>
  );
}
