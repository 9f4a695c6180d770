import { writeFile } from 'node:fs/promises';
import type { ApprovalSummary } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { formatAgo, printable, type Terminal } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, withConnection, withJson } from '../options.ts';
import { printFacts, printJson, printTable } from '../print.ts';
import { usageError } from '../../cli-error.ts';
import { checkApproval, fetchApproval } from './checked-approval.ts';
import { narrowingOf, withNarrowing, type Narrowing } from './narrowing.ts';
import { progressInWords } from './progress-in-words.ts';
import { resolveApproval } from './resolve-approval.ts';
import { digestInGroups, showApproval } from './statement-view.ts';

/** `thimble approvals`: what approvers are asked to sign. */
export function approvalsCommands(program: Command, cli: Cli): void {
  const { terminal } = cli;
  const group = withJson(withConnection(program.command('approvals'))).description('what approvers are asked to sign');
  group
    .command('list', { isDefault: true })
    .description('list requests, open ones first')
    .action(async (_, given: Command) => {
      const options = given.optsWithGlobals<ConnectionOptions>();
      const list = await connect(cli, options).approvals();
      if (options.json === true) return printJson(terminal, list);
      if (list.items.length === 0) return terminal.note('Approvers were never asked for anything.');
      printList(terminal, list.items, cli.now().getTime());
    });
  group
    .command('show <request>')
    .description('everything that is signed, with its digest (beginning or end of its id, or `last`)')
    .option('--out <file>', 'also write it to a file, to be signed on a machine without a network')
    .action(async (text: string, _, given: Command) => {
      const options = given.optsWithGlobals<ConnectionOptions & { out?: string }>();
      const client = connect(cli, options);
      const detail = await resolveApproval(client, text);
      const contents = await fetchApproval(client, detail);
      const approval = checkApproval(contents);
      if (options.out !== undefined) await writeFile(options.out, `${JSON.stringify(contents)}\n`, { flag: 'wx' });
      if (options.json === true) return printJson(terminal, detail);
      showApproval(terminal, approval.statement, approval.transactions, approval.nameOf);
      printFacts(terminal, [
        ['digest', digestInGroups(approval.digest)],
        ['signed', progressInWords(detail.summary.progress)],
        ['state', detail.summary.state],
      ]);
    });
  withNarrowing(
    group
      .command('narrow <request>')
      .description('ask for less: a new request in its place, which allows fewer actions or less time'),
  ).action(async (text: string, _, given: Command) => {
    const options = given.optsWithGlobals<ConnectionOptions & Narrowing>();
    const client = connect(cli, options);
    const wanted = narrowingOf(options, cli.now());
    if (wanted === undefined) throw usageError('narrow it to what?', 'For example: --actions apply --days 2');
    const { summary } = await client.narrowApproval((await resolveApproval(client, text)).summary.id, wanted);
    if (options.json === true) return printJson(terminal, summary);
    terminal.note(`Approvers are asked for less now: thimble approve ${summary.id.slice(-8)} --key FILE`);
  });
  group
    .command('renew <request>')
    .description('ask anew for what expired with too few signatures')
    .action(async (text: string, _, given: Command) => {
      const options = given.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const { summary } = await resolveApproval(client, text);
      await client.renewApproval(summary.id);
      terminal.note('Approvers are asked anew for what is wanted now: thimble approvals');
    });
}

function printList(terminal: Terminal, items: readonly ApprovalSummary[], nowMs: number): void {
  printTable<ApprovalSummary>(
    terminal,
    [
      { title: 'ID', value: ({ id }) => id.slice(-8) },
      { title: 'STATE', value: ({ state }) => state },
      { title: 'SIGNED', value: ({ progress }) => progressInWords(progress) },
      { title: 'WHAT', value: ({ title }) => printable(title), flexible: true, leastWidth: 16 },
      { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right', dispensable: 1 },
      { title: 'ASKED', value: ({ createdAt }) => formatAgo(createdAt, nowMs), dispensable: 2 },
      { title: 'BY', value: ({ createdBy }) => printable(createdBy), dispensable: 3 },
    ],
    items,
  );
}
