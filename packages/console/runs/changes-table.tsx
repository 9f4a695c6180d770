import type { PackageAction, PackageChange } from '@thimble/protocol';
import { EmptyState } from '../feedback/empty-state.tsx';
import { formatBytes } from '../format/quantity.ts';
import type { Tone } from '../states/endpoint-states.ts';
import { Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';

/** What a reader must not overlook comes first: removals and downgrades, then what is new. */
const URGENCY: readonly PackageAction[] = ['remove', 'downgrade', 'install', 'upgrade', 'reinstall'];
const TONES: Readonly<Record<PackageAction, Tone>> = {
  remove: 'danger',
  downgrade: 'notice',
  install: 'wait',
  upgrade: 'quiet',
  reinstall: 'quiet',
};
const WORDS: Readonly<Record<PackageAction, string>> = {
  remove: 'Remove',
  downgrade: 'Downgrade',
  install: 'New',
  upgrade: 'Upgrade',
  reinstall: 'Reinstall',
};

export function ActionTag({ action }: { action: PackageAction }) {
  return <Tag tone={TONES[action]}>{WORDS[action]}</Tag>;
}

const COLUMNS: readonly Column<PackageChange>[] = [
  {
    id: 'name',
    header: 'Package',
    title: true,
    width: '21%',
    sortKey: (change) => change.name,
    cell: (change) => change.name,
  },
  {
    id: 'action',
    header: 'Action',
    width: '6.8rem',
    sortKey: (change) => URGENCY.indexOf(change.action),
    cell: (change) => <ActionTag action={change.action} />,
  },
  { id: 'from', header: 'From', cell: (change) => <Version version={change.from} none="not installed" /> },
  { id: 'to', header: 'To', cell: (change) => <Version version={change.to} none="removed" /> },
  {
    id: 'origin',
    header: 'Origin',
    width: '8.5rem',
    from: 'lg',
    sortKey: (change) => change.origin?.label ?? null,
    cell: (change) => (change.security ? <Tag tone="danger">security</Tag> : (change.origin?.label ?? '–')),
  },
  {
    id: 'reason',
    header: 'Reason',
    width: '7rem',
    from: 'lg',
    sortKey: (change) => change.reason,
    cell: (change) => change.reason,
  },
  {
    id: 'size',
    header: 'Download',
    width: '6.8rem',
    numeric: true,
    from: 'md',
    sortKey: (change) => change.downloadBytes,
    cell: (change) => (change.downloadBytes === 0 ? '–' : formatBytes(change.downloadBytes)),
  },
];
const URGENT_FIRST = [{ id: 'action', desc: false }];
const idOf = (change: PackageChange): string => `${change.name}:${change.architecture}`;
const nameOf = (change: PackageChange): string => change.name;

export function ChangesTable({ label, changes }: { label: string; changes: readonly PackageChange[] }) {
  return (
    <DataTable
      label={label}
      columns={COLUMNS}
      rows={changes}
      rowId={idOf}
      rowName={nameOf}
      initialSorting={URGENT_FIRST}
      empty={<EmptyState title="No change" />}
    />
  );
}

function Version({ version, none }: { version: string | null; none: string }) {
  return version === null ? <i>{none}</i> : <span className="mono">{version}</span>;
}
