import { Link } from '@tanstack/react-router';
import type { RolloutDetail } from '@thimble/protocol';
import { Ago } from '../format/moment.tsx';
import { formatCount } from '../format/quantity.ts';
import { SEVERITY_ORDER } from '../states/assess-states.ts';
import { SeverityBadge } from '../states/severity-badge.tsx';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';
import { EmptyState } from '../feedback/empty-state.tsx';

type Patch = RolloutDetail['patches'][number];

const VULNERABILITIES_SHOWN = 3;
const idOf = (patch: Patch): string => `${patch.name} ${patch.version}`;
const SOONEST_FIRST = [{ id: 'deadline', desc: false }];

const COLUMNS: readonly Column<Patch>[] = [
  {
    id: 'patch',
    header: 'Patch',
    title: true,
    width: '26%',
    sortKey: (patch) => patch.name,
    cell: (patch) => (
      <>
        {patch.name} <span className="mono">{patch.version}</span>
      </>
    ),
  },
  {
    id: 'severity',
    header: 'Severity',
    width: '9rem',
    sortKey: (patch) => (patch.kev ? -1 : SEVERITY_ORDER.indexOf(severityOf(patch))),
    cell: (patch) => (
      <>
        <SeverityBadge severity={severityOf(patch)} /> {patch.kev ? <Tag tone="danger">exploited</Tag> : null}
      </>
    ),
  },
  {
    id: 'closes',
    header: 'Closes',
    from: 'lg',
    cell: (patch) => <Vulnerabilities ids={patch.vulnerabilities} />,
  },
  {
    id: 'deadline',
    header: 'Deadline',
    width: '8.5rem',
    sortKey: (patch) => patch.deadline,
    cell: (patch) => (
      <span title={patch.deadlineBecause}>
        <Ago at={patch.deadline} fallback="none" />
      </span>
    ),
  },
  {
    id: 'done',
    header: 'Done',
    width: '8rem',
    numeric: true,
    sortKey: (patch) => (patch.endpointCount === 0 ? 1 : patch.doneCount / patch.endpointCount),
    cell: (patch) => `${formatCount(patch.doneCount)} of ${formatCount(patch.endpointCount)}`,
  },
];

/** A word that is none of ours is unknown. */
function severityOf({ severity }: Patch) {
  return SEVERITY_ORDER.find((one) => one === severity) ?? 'unknown';
}

/** What is rolled out, by when each has to be everywhere, and how far it is. */
export function PatchesPanel({ rollout }: { rollout: RolloutDetail }) {
  return (
    <DataTable
      label="Patches of the rollout"
      columns={COLUMNS}
      rows={rollout.patches}
      rowId={idOf}
      rowName={idOf}
      initialSorting={SOONEST_FIRST}
      empty={<EmptyState title="No patch is known yet">They show when the endpoints were looked at.</EmptyState>}
    />
  );
}

function Vulnerabilities({ ids }: { ids: readonly string[] }) {
  if (ids.length === 0) return '–';
  const more = ids.length - VULNERABILITIES_SHOWN;
  return (
    <span title={ids.join(', ')}>
      {ids.slice(0, VULNERABILITIES_SHOWN).map((id, index) => (
        <span key={id}>
          {index === 0 ? '' : ', '}
          <Link to="/vulnerabilities/$vulnerabilityId" params={{ vulnerabilityId: id }} className="plain">
            {id}
          </Link>
        </span>
      ))}
      {more > 0 ? ` and ${more} more` : ''}
    </span>
  );
}
