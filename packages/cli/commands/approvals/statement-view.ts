import { type ApprovalStatement, type ApproverSet, passkeysSuffice, type Transaction } from '@thimble/protocol';
import { plural, printable, listing, type Terminal } from '../../terminal/index.ts';
import { describeChange } from '../../transaction-view.ts';
import { printFacts } from '../print.ts';

const NAMES_SHOWN = 40;

/** A digest in groups, as people read it to each other. */
export function digestInGroups(digest: string): string {
  return digest.replaceAll(/(.{4})(?=.)/g, '$1 ');
}

/** Everything that is signed, in words. Names of endpoints are the server's; the ids are what is signed. */
export function showApproval(
  terminal: Terminal,
  statement: ApprovalStatement,
  transactions: ReadonlyMap<string, Transaction>,
  nameOf: (endpointId: string) => string,
): void {
  terminal.out(terminal.colour.bold(printable(statement.title)));
  for (const { transactionDigest, endpointIds } of statement.transactions) {
    const named = endpointIds.map((id) => `${printable(nameOf(id))} (${id.slice(-8)})`);
    terminal.out(`\nOn ${plural(endpointIds.length, 'endpoint')}: ${listing(named, NAMES_SHOWN)}`);
    for (const change of transactions.get(transactionDigest)?.changes ?? []) {
      const file = change.sha256 === null ? '' : terminal.colour.dim(`  sha256 ${change.sha256.slice(0, 16)}…`);
      terminal.out(`  ${describeChange(change)}${file}`);
    }
    terminal.out(terminal.colour.dim(`  transaction ${transactionDigest}`));
  }
  if (statement.endpointIds.length > 0)
    terminal.out(
      `\nWithout packages, on ${plural(statement.endpointIds.length, 'endpoint')}: ${listing(
        statement.endpointIds.map((id) => `${printable(nameOf(id))} (${id.slice(-8)})`),
        NAMES_SHOWN,
      )}`,
    );
  terminal.out('');
  printFacts(terminal, [
    ['may be done', statement.actions.map((action) => ACTIONS[action]).join(', ')],
    [
      'packages from',
      statement.snapshotId === null ? 'the endpoints’ own repositories' : `snapshot ${statement.snapshotId}`,
    ],
    ['from', statement.notBefore],
    ['until', statement.expiresAt],
  ]);
}

const ACTIONS: Readonly<Record<ApprovalStatement['actions'][number], string>> = {
  trial: 'try it on a clone',
  apply: 'install it',
  rollback: 'go back',
  'restart-services': 'restart services',
  reboot: 'reboot',
};

export function showSet(terminal: Terminal, set: ApproverSet): void {
  const what =
    set.threshold === 0
      ? 'nothing needs signatures'
      : `${set.threshold} of ${plural(set.approvers.length, 'person')} have to sign${ofThemByKeyFile(set)}`;
  terminal.out(`${terminal.colour.bold(`Version ${set.version}`)}: ${what.replace('persons', 'people')}`);
  for (const { name, keys } of set.approvers)
    for (const { kind, keyid } of keys)
      terminal.out(
        `  ${printable(name)}  ${kind === 'file' ? 'key file' : 'passkey'}  ${digestInGroups(keyid.slice(0, 32))}`,
      );
  if (passkeysSuffice(set)) terminal.out(terminal.colour.warning(PASSKEYS_SUFFICE));
}

const PASSKEYS_SUFFICE = `  Passkeys alone are enough: a stolen server can take people’s sign-ins for their approvals. Demand a key file:
  thimble approvers propose --approver NAME=FILE.pub --key-files-at-least 1`;

/** `, 1 of them by key file`; empty: none has to be. */
export function ofThemByKeyFile({ keyFilesAtLeast = 0 }: Pick<ApproverSet, 'keyFilesAtLeast'>): string {
  return keyFilesAtLeast === 0 ? '' : `, ${keyFilesAtLeast} of them by key file`;
}
