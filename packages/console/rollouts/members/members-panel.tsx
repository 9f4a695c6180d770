import { Button, Group, NativeSelect, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { RowSelectionState } from '@tanstack/react-table';
import type { RolloutDetail, RolloutMember } from '@thimble/protocol';
import { useCallback, useMemo, useState } from 'react';
import { membersQuery } from '../../api/rollout-queries.ts';
import { EmptyState } from '../../feedback/empty-state.tsx';
import { LinesSkeleton } from '../../feedback/loaded.tsx';
import { ProblemPanel } from '../../feedback/problem-panel.tsx';
import { plural } from '../../format/quantity.ts';
import { MEMBER_OUTCOME_ORDER, MEMBER_OUTCOMES } from '../../states/rollout-states.ts';
import { DataTable } from '../../tables/data-table.tsx';
import { SearchInput } from '../../tables/search-input.tsx';
import { Toolbar } from '../../tables/toolbar.tsx';
import { useMemberExport } from './export-members.ts';
import { memberColumns } from './member-columns.tsx';
import { MemberDetail } from './member-detail.tsx';
import { MemberSelection } from './member-selection.tsx';

const route = getRouteApi('/frame/rollouts/$rolloutId');
const idOf = (member: RolloutMember): string => member.endpointId;
const nameOf = (member: RolloutMember): string => member.hostname;
/** The server's own order, which its pages follow. */
const BY_NAME = [{ id: 'hostname', desc: false }];
const OUTCOME_OPTIONS = [
  { value: '', label: 'All outcomes' },
  ...MEMBER_OUTCOME_ORDER.map((outcome) => ({ value: outcome, label: MEMBER_OUTCOMES[outcome].label })),
];

/** Every endpoint of the rollout: where it stands, what it waits for and until when, and its log. */
export function MembersPanel({ rollout }: { rollout: RolloutDetail }) {
  const { search, ring, outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const filter = useMemo(() => ({ search, ring, outcome }), [search, ring, outcome]);
  const query = useInfiniteQuery(membersQuery(rollout.summary.id, filter));
  const exporting = useMemberExport(rollout, filter);
  const [selection, setSelection] = useState<RowSelectionState>({});
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((id: string) => {
    setExpanded((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  const columns = useMemo(() => memberColumns(expanded, toggle), [expanded, toggle]);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const change = (next: Partial<typeof filter>): void =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true, resetScroll: false });
  const total = query.data?.pages[0]?.total;
  return (
    <section aria-label="Endpoints of the rollout" id="endpoints">
      <Title order={2} fz="0.95rem" mb="xs">
        {total === undefined ? 'Endpoints' : plural(total, 'endpoint')}
      </Title>
      <Toolbar
        end={
          <Button
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
            loading={exporting.isPending}
            onClick={() => exporting.mutate()}
          >
            Export CSV
          </Button>
        }
      >
        <SearchInput
          label="Search endpoints"
          value={search ?? ''}
          onChange={(value) => change({ search: value === '' ? undefined : value })}
        />
        <Group gap="sm">
          <NativeSelect
            aria-label="Ring"
            data={[
              { value: '', label: 'All rings' },
              ...rollout.rings.map(({ name }) => ({ value: name, label: name })),
            ]}
            value={ring ?? ''}
            onChange={({ currentTarget: { value } }) => change({ ring: value === '' ? undefined : value })}
          />
          <NativeSelect
            aria-label="Outcome"
            data={OUTCOME_OPTIONS}
            value={outcome ?? ''}
            onChange={({ currentTarget: { value } }) =>
              change({ outcome: MEMBER_OUTCOME_ORDER.find((one) => one === value) })
            }
          />
        </Group>
      </Toolbar>
      {query.data === undefined ? (
        query.isError ? (
          <ProblemPanel error={query.error} retry={() => void query.refetch()} />
        ) : (
          <LinesSkeleton lines={8} height={40} />
        )
      ) : (
        <DataTable
          label="Endpoints of the rollout"
          columns={columns}
          rows={rows}
          rowId={idOf}
          rowName={nameOf}
          total={total ?? rows.length}
          initialSorting={BY_NAME}
          selection={selection}
          onSelectionChange={setSelection}
          expanded={expanded}
          detail={(member) => <MemberDetail rollout={rollout} member={member} />}
          onEnd={onEnd}
          empty={<EmptyState title="No endpoint matches">Change the search or the filters.</EmptyState>}
        />
      )}
      <MemberSelection rollout={rollout} rows={rows} selection={selection} onClear={() => setSelection({})} />
    </section>
  );
}
