import { IconSignature } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ApprovalSummary } from '@thimble/protocol';
import { approvalsQuery, approversQuery, haltQuery } from '../api/approval-queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { Page } from '../shell/page.tsx';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { APPROVAL_STATES, progressInWords } from './approval-words.ts';
import { ApproversPanel } from './approvers-panel.tsx';
import { HaltPanel, StopButton } from './halt-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';

const COLUMNS: readonly Column<ApprovalSummary>[] = [
  {
    id: 'title',
    header: 'What',
    title: true,
    width: '28%',
    sortKey: ({ title }) => title,
    cell: ({ id, title }) => (
      <Link to="/approvals/$approvalId" params={{ approvalId: id }} className="plain">
        {title}
      </Link>
    ),
  },
  {
    id: 'state',
    header: 'State',
    width: '9rem',
    sortKey: ({ state }) => state,
    cell: ({ state }) => <StateBadge look={APPROVAL_STATES[state]} />,
  },
  { id: 'signed', header: 'Signed', cell: ({ progress }) => progressInWords(progress) },
  {
    id: 'endpoints',
    header: 'Endpoints',
    width: '6.5rem',
    numeric: true,
    from: 'md',
    sortKey: ({ endpointCount }) => endpointCount,
    cell: ({ endpointCount }) => formatCount(endpointCount),
  },
  {
    id: 'asked',
    header: 'Asked',
    width: '8.5rem',
    from: 'md',
    sortKey: ({ createdAt }) => createdAt,
    cell: ({ createdAt }) => <Ago at={createdAt} />,
  },
  { id: 'by', header: 'By', width: '8rem', from: 'lg', cell: ({ createdBy }) => createdBy },
];
const NO_SORTING: never[] = [];
const idOf = ({ id }: ApprovalSummary): string => id;
const nameOf = ({ title }: ApprovalSummary): string => title;

/** What approvers are asked to sign, who they are, and the stop for all. */
export function ApprovalsPage() {
  const approvals = useQuery(approvalsQuery);
  const approvers = useQuery(approversQuery);
  const halt = useQuery(haltQuery);
  return (
    <Page
      title="Approvals"
      description="What shall change endpoints is signed by people with keys of their own. Endpoints check the signatures themselves, so this server can’t make them up."
      actions={<StopButton />}
    >
      {halt.data === undefined ? null : <HaltPanel status={halt.data} />}
      <Loaded query={approvals} skeleton={<LinesSkeleton lines={5} height={40} />}>
        {({ items }) => (
          <DataTable
            label="Requests"
            columns={COLUMNS}
            rows={items}
            rowId={idOf}
            rowName={nameOf}
            initialSorting={NO_SORTING}
            empty={
              <EmptyState icon={<IconSignature size={34} stroke={1.5} />} title="Nothing to sign">
                When a run is approved or a rollout has its plans, approvers are asked here.
              </EmptyState>
            }
          />
        )}
      </Loaded>
      <Loaded query={approvers} skeleton={<LinesSkeleton lines={3} />}>
        {(status) => <ApproversPanel status={status} />}
      </Loaded>
      {approvers.data?.active == null ? null : <HistoryPanel />}
    </Page>
  );
}
