import { useQuery } from '@tanstack/react-query';
import type { ApproverSetEntry } from '@thimble/protocol';
import { approverHistoryQuery } from '../api/approval-queries.ts';
import { LinesSkeleton, Loaded } from '../feedback/loaded.tsx';
import { Ago } from '../format/moment.tsx';
import { Panel } from '../shell/panel.tsx';
import { StateBadge } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { SET_STATES } from './approval-words.ts';

const COLUMNS: readonly Column<ApproverSetEntry>[] = [
  { id: 'version', header: 'Version', title: true, width: '6rem', cell: ({ set }) => `Version ${set.version}` },
  { id: 'state', header: 'State', width: '8.5rem', cell: ({ state }) => <StateBadge look={SET_STATES[state]} /> },
  {
    id: 'people',
    header: 'Who signs',
    cell: ({ set: { threshold, keyFilesAtLeast = 0, approvers } }) =>
      threshold === 0
        ? 'nobody has to'
        : `${threshold} of ${approvers.map(({ name }) => name).join(', ')}${keyFilesAtLeast === 0 ? '' : `; at least ${keyFilesAtLeast} by key file`}`,
  },
  {
    id: 'proposed',
    header: 'Proposed',
    from: 'md',
    cell: ({ proposedAt, proposedBy }) => (
      <>
        <Ago at={proposedAt} /> by {proposedBy}
      </>
    ),
  },
  {
    id: 'signed',
    header: 'Signed by',
    cell: ({ progress: { signed } }) =>
      signed.length === 0
        ? '–'
        : signed.map(({ approverId, name, signedAt }) => (
            <div key={approverId}>
              {name}, <Ago at={signedAt} />
            </div>
          )),
  },
  {
    id: 'since',
    header: 'In force since',
    width: '8.5rem',
    from: 'md',
    cell: ({ activatedAt }) => (activatedAt === null ? '–' : <Ago at={activatedAt} />),
  },
];
const NO_SORTING: never[] = [];
const idOf = ({ id }: ApproverSetEntry): string => id;
const nameOf = ({ set }: ApproverSetEntry): string => `Version ${set.version}`;

/** All sets that there were: who signed which change, and when. */
export function HistoryPanel() {
  const history = useQuery(approverHistoryQuery);
  return (
    <Panel title="History of approvers" note="Each version was signed by people of the one before" flush>
      <Loaded query={history} skeleton={<LinesSkeleton lines={3} />}>
        {({ items }) => (
          <DataTable
            label="Versions of approvers"
            columns={COLUMNS}
            rows={items}
            rowId={idOf}
            rowName={nameOf}
            initialSorting={NO_SORTING}
            empty="There never were approvers."
          />
        )}
      </Loaded>
    </Panel>
  );
}
