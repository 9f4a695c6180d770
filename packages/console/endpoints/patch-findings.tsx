import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { EndpointSummary, Finding } from '@thimble/protocol';
import { endpointFindingsQuery } from '../api/queries.ts';
import { EmptyState } from '../feedback/empty-state.tsx';
import { Loaded } from '../feedback/loaded.tsx';
import { Ago } from '../format/moment.tsx';
import { FINDING_STATES } from '../states/run-states.ts';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';

const STATE_ORDER = Object.keys(FINDING_STATES);
const COLUMNS: readonly Column<Finding>[] = [
  {
    id: 'package',
    header: 'Package',
    title: true,
    width: '20%',
    sortKey: (one) => one.package,
    cell: (one) => one.package,
  },
  {
    id: 'state',
    header: 'State',
    width: '9rem',
    sortKey: (one) => STATE_ORDER.indexOf(one.state),
    cell: (one) => <StateBadge look={FINDING_STATES[one.state]} />,
  },
  { id: 'explanation', header: 'Why', wide: true, cell: (one) => one.explanation },
  { id: 'fixed', header: 'Fixed in', from: 'md', cell: (one) => <span className="mono">{one.fixed}</span> },
  {
    id: 'opened',
    header: 'Opened',
    width: '9rem',
    sortKey: (one) => one.openedAt,
    cell: (one) => <Ago at={one.openedAt} />,
  },
  {
    id: 'closed',
    header: 'Closed',
    width: '9rem',
    from: 'md',
    sortKey: (one) => one.closedAt,
    cell: (one) => <Ago at={one.closedAt} fallback="–" />,
  },
];
const BY_STATE = [{ id: 'state', desc: false }];
const idOf = (one: Finding): string => one.id;
const nameOf = (one: Finding): string => one.package;

/** Security updates that are missing here, by package, with what became of each. */
export function PatchFindings({ endpoint }: { endpoint: EndpointSummary }) {
  const query = useQuery(endpointFindingsQuery(endpoint.id));
  return (
    <Loaded query={query}>
      {({ items }) => (
        <DataTable
          label={`Findings on ${endpoint.hostname}`}
          columns={COLUMNS}
          rows={items}
          rowId={idOf}
          rowName={nameOf}
          initialSorting={BY_STATE}
          empty={
            <EmptyState icon={<IconShieldCheck size={34} stroke={1.5} />} title="No finding">
              A finding is a security update that is missing here. It closes when the update is installed and effective.
            </EmptyState>
          }
        />
      )}
    </Loaded>
  );
}
