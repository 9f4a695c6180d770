import { Button, Collapse, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { RunDetail, RunGroup } from '@thimble/protocol';
import { useState } from 'react';
import { formatBytes, formatDelta, plural } from '../format/quantity.ts';
import { Panel } from '../shell/panel.tsx';
import { ChangesTable } from './changes-table.tsx';
import { countActions } from './count-actions.ts';
import { TransactionNotes } from './transaction-notes.tsx';
import classes from './runs.module.css';

interface GroupPanelProps {
  readonly run: RunDetail;
  readonly group: RunGroup;
  readonly number: number;
  readonly open: boolean;
}

const NAMES_SHOWN = 6;

/** One exact transaction and the endpoints that came to it. */
export function GroupPanel({ run, group, number, open }: GroupPanelProps) {
  const [opened, setOpened] = useState(open);
  const { transaction } = group;
  const names = run.targets
    .filter((target) => group.endpointIds.includes(target.endpointId))
    .map((target) => target.hostname);
  const more = names.length - NAMES_SHOWN;
  return (
    <Panel
      title={`Transaction ${number}: ${plural(transaction.changes.length, 'change')} on ${plural(group.endpointIds.length, 'endpoint')}`}
      note={`${names.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`}
      end={
        <Button
          variant="subtle"
          size="compact-sm"
          aria-expanded={opened}
          rightSection={opened ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
          onClick={() => setOpened(!opened)}
        >
          {opened ? 'Hide changes' : 'Show changes'}
        </Button>
      }
    >
      <div className={classes['facts']}>
        <span>{countActions(transaction.changes)}</span>
        <span>{formatBytes(transaction.downloadBytes)} to download</span>
        <span>disk {formatDelta(transaction.installedDeltaBytes)}</span>
        <span>
          digest <code>{group.transactionDigest.slice(0, 12)}</code>
        </span>
      </div>
      <TransactionNotes transaction={transaction} />
      <Collapse expanded={opened}>
        <div className={classes['changes']}>
          {opened ? (
            <ChangesTable label={`Changes of transaction ${number}`} changes={transaction.changes} />
          ) : (
            <Text size="sm">…</Text>
          )}
        </div>
      </Collapse>
    </Panel>
  );
}
