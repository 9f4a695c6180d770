import type { Gap, PackageChange, Transaction, TransactionDifference } from '@thimble/protocol';
import { type Column, formatBytes, plural, printable, renderTable, type Terminal, wrap } from './terminal/index.ts';

/** What a person has to know before saying yes, in the order in which it matters: security first, then everything else. */
export function transactionLines(terminal: Terminal, transaction: Transaction): readonly string[] {
  const { colour } = terminal;
  const { changes } = transaction;
  const updates = changes.filter(({ action }) => action === 'upgrade' || action === 'reinstall');
  const lines = [colour.bold(headline(transaction))];
  const section = (title: string, members: readonly PackageChange[]): void => {
    if (members.length > 0)
      lines.push(
        '',
        `${title} (${members.length})`,
        ...renderTable(changeColumns, members, terminal.width, colour.dim).slice(1),
      );
  };
  section(
    colour.bad('Security updates'),
    updates.filter(({ security }) => security),
  );
  section(
    colour.bold('Other updates'),
    updates.filter(({ security }) => !security),
  );
  section(
    colour.bold('Newly installed, needed by the others'),
    changes.filter(({ action }) => action === 'install'),
  );
  section(
    colour.warning('Downgraded'),
    changes.filter(({ action }) => action === 'downgrade'),
  );
  section(
    colour.bad('Removed'),
    changes.filter(({ action }) => action === 'remove'),
  );
  lines.push(...consequences(terminal, transaction));
  return lines;
}

function headline({ changes, downloadBytes, installedDeltaBytes }: Transaction): string {
  if (changes.length === 0) return 'Nothing changes.';
  const disk =
    installedDeltaBytes === 0
      ? ''
      : `, ${formatBytes(Math.abs(installedDeltaBytes))} ${installedDeltaBytes > 0 ? 'more' : 'less'} on disk`;
  return `${plural(changes.length, 'package')} ${changes.length === 1 ? 'changes' : 'change'}: ${formatBytes(downloadBytes)} to download${disk}.`;
}

const changeColumns: readonly Column<PackageChange>[] = [
  { title: 'PACKAGE', value: ({ name }) => `  ${printable(name)}`, flexible: true, leastWidth: 20 },
  { title: 'CHANGE', value: versions, flexible: true, leastWidth: 20 },
  {
    title: 'SIZE',
    value: ({ downloadBytes, to }) => (to === null ? '' : formatBytes(downloadBytes)),
    align: 'right',
    dispensable: 1,
  },
  {
    title: 'WHY',
    value: ({ reason, action }) => (reason === 'dependency' && action !== 'install' ? 'dependency' : ''),
    dispensable: 2,
  },
];

function versions({ from, to }: PackageChange): string {
  return [from, to]
    .filter((version) => version !== null)
    .map(printable)
    .join(' → ');
}

function consequences({ colour, width }: Terminal, transaction: Transaction): readonly string[] {
  const { servicesToRestart, reboot, conffileConflicts, excluded, rollbackGaps } = transaction;
  const lines: string[] = [];
  const columns = Math.min(width, 110);
  const paragraph = (title: string, text: string): void => {
    lines.push('', `${title}`, wrap(text, columns, '  '));
  };
  if (servicesToRestart.length > 0)
    paragraph(colour.bold('Services that restart'), servicesToRestart.map(printable).join(', '));
  if (reboot.needed)
    paragraph(
      colour.warning('Needs a reboot to become effective'),
      reboot.reasons.map(printable).join('; ') || 'the reason was not given',
    );
  if (conffileConflicts.length > 0)
    paragraph(
      colour.warning('Changed here and by the update: your version is kept'),
      conffileConflicts.map(({ path, package: name }) => `${printable(path)} (${printable(name)})`).join(', '),
    );
  for (const [why, names] of byReason(excluded.map(({ name, why: reason }) => ({ what: name, why: reason }))))
    paragraph(colour.warning(`Left out (${names.length})`), `${names.join(', ')}: ${why}`);
  for (const [why, names] of byReason(rollbackGaps))
    paragraph(colour.warning(`Can’t be rolled back (${names.length})`), `${names.join(', ')}: ${why}`);
  return lines;
}

/** Dozens of packages often share one reason. */
function byReason(gaps: readonly Gap[]): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, string[]>();
  for (const { what, why } of gaps) {
    const names = reasons.get(printable(why)) ?? [];
    names.push(printable(what));
    reasons.set(printable(why), names);
  }
  return reasons;
}

/** What a machine would do otherwise than was approved. */
export function differenceLines({ unapproved, missing, changed }: TransactionDifference): readonly string[] {
  return [
    ...unapproved.map((change) => `  not approved: ${describeChange(change)}`),
    ...missing.map((change) => `  approved, but would not happen: ${describeChange(change)}`),
    ...changed.map(
      ({ approved, actual }) => `  approved: ${describeChange(approved)}, would be: ${describeChange(actual)}`,
    ),
  ];
}

export function describeChange({ name, action, from, to }: PackageChange): string {
  const what = printable(name);
  switch (action) {
    case 'install':
      return `install ${what} ${printable(to ?? '')}`;
    case 'remove':
      return `remove ${what} ${printable(from ?? '')}`;
    case 'upgrade':
    case 'downgrade':
    case 'reinstall':
      return `${action} ${what} ${printable(from ?? '')} → ${printable(to ?? '')}`;
  }
}
