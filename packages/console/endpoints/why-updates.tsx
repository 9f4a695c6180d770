import { Button, Collapse } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { WhyNotPatched } from '@thimble/protocol';
import { useState } from 'react';
import { Ago } from '../format/moment.tsx';
import { plural } from '../format/quantity.ts';
import { StateBadge, Tag } from '../states/state-badge.tsx';
import type { Column } from '../tables/column.ts';
import { DataTable } from '../tables/data-table.tsx';

type Update = WhyNotPatched['updates'][number];

const TAKEN = { label: 'Taken', tone: 'good', meaning: 'its policy takes it' } as const;
const LEFT = { label: 'Not taken', tone: 'quiet', meaning: 'its policy does not take it' } as const;
const idOf = (update: Update): string => update.package;
const SOONEST_FIRST = [{ id: 'deadline', desc: false }];

const COLUMNS: readonly Column<Update>[] = [
  {
    id: 'package',
    header: 'Update',
    title: true,
    width: '28%',
    sortKey: (update) => update.package,
    cell: (update) => (
      <>
        {update.package} {update.security ? <Tag tone="danger">security</Tag> : null}
        <div className="mono">
          {update.installed} → {update.candidate}
        </div>
      </>
    ),
  },
  {
    id: 'taken',
    header: 'Policy',
    width: '8rem',
    sortKey: (update) => update.taken,
    cell: (update) => <StateBadge look={update.taken ? TAKEN : LEFT} />,
  },
  { id: 'because', header: 'Because', wide: true, cell: (update) => update.because },
  {
    id: 'deadline',
    header: 'Deadline',
    width: '8rem',
    sortKey: (update) => update.deadline,
    cell: (update) => <Ago at={update.deadline} fallback="none" />,
  },
];

/** What is pending, which of it the policy takes and why, and by when. */
export function WhyUpdates({ updates, total }: { updates: readonly Update[]; total: number }) {
  const [opened, setOpened] = useState(false);
  if (updates.length === 0) return null;
  const Icon = opened ? IconChevronDown : IconChevronRight;
  return (
    <div style={{ marginTop: '0.75rem' }}>
      <Button
        variant="subtle"
        size="compact-sm"
        ml={-8}
        aria-expanded={opened}
        rightSection={<Icon size={14} aria-hidden />}
        onClick={() => setOpened(!opened)}
      >
        {takenInWords(updates, total)}
      </Button>
      <Collapse expanded={opened}>
        {opened ? (
          <DataTable
            label="What is pending, and what its policy takes"
            columns={COLUMNS}
            rows={updates}
            rowId={idOf}
            rowName={idOf}
            initialSorting={SOONEST_FIRST}
            empty={null}
          />
        ) : null}
      </Collapse>
    </div>
  );
}

/** The list is bounded, so it says of how many it speaks. */
function takenInWords(updates: readonly Update[], total: number): string {
  const taken = updates.filter((update) => update.taken).length;
  return `${plural(total, 'pending update')}, ${taken}${total > updates.length ? ` of the first ${updates.length}` : ''} taken by its policy`;
}
