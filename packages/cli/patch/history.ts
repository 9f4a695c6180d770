import { createLocalHost } from '@thimble/drivers';
import type { Cli } from '../cli.ts';
import { printJson, printTable } from '../commands/print.ts';
import { selectionInWords } from '../commands/run-selection.ts';
import { type Column, formatAgo, formatDuration } from '../terminal/index.ts';
import { openJournal } from './journal.ts';
import { outcomeInWords } from './outcome-view.ts';
import type { PatchOrder } from './patch-order.ts';
import { patchPlace } from './place.ts';

export async function showHistory(cli: Cli, json: boolean): Promise<void> {
  const { terminal } = cli;
  const orders = await openJournal(createLocalHost(), patchPlace(cli).orders).list();
  if (json) return printJson(terminal, orders);
  if (orders.length === 0) return terminal.note('Nothing was installed here by `thimble patch` yet.');
  const nowMs = cli.now().getTime();
  const columns: readonly Column<PatchOrder>[] = [
    { title: 'ORDER', value: ({ id }) => id.slice(0, 8) },
    { title: 'WHEN', value: ({ startedAt }) => formatAgo(startedAt, nowMs) },
    { title: 'TOOK', value: took, align: 'right', dispensable: 2 },
    { title: 'BY', value: ({ unattended }) => (unattended ? 'timer' : 'person'), dispensable: 3 },
    { title: 'WHAT', value: what, flexible: true, leastWidth: 16 },
    {
      title: 'PACKAGES',
      value: ({ transaction }) => String(transaction.changes.length),
      align: 'right',
      dispensable: 1,
    },
    { title: 'RESULT', value: ({ result }) => outcomeInWords(result), flexible: true, leastWidth: 16 },
  ];
  printTable(terminal, columns, orders);
}

function what({ selection, undoes }: PatchOrder): string {
  return selection === null ? `roll-back of ${undoes?.slice(0, 8) ?? ''}` : selectionInWords(selection);
}

function took({ startedAt, endedAt }: PatchOrder): string {
  return endedAt === null ? '' : formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
}
