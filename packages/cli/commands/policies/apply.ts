import type { PolicyDetail, PolicyDocument, PolicySummary, PolicyValidation } from '@thimble/protocol';
import { diffPolicies } from '@thimble/rollouts';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import type { Client } from '../../client/index.ts';
import { EXIT } from '../../exit-codes.ts';
import { plural, printable } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples } from '../options.ts';
import { printJson } from '../print.ts';
import { type PolicyFile, readPolicyFiles } from './policy-files.ts';
import { showEffect, showProblems } from './policy-view.ts';

export function applyCommands(group: Command, cli: Cli): void {
  group
    .command('check <files...>')
    .description('say what is wrong in policy files, and what they would mean for the fleet; changes nothing')
    .action(async (paths: readonly string[], _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const checked = await checkAll(connect(cli, options), await readPolicyFiles(paths));
      if (options.json === true)
        printJson(
          cli.terminal,
          checked.map(({ file, validation }) => ({ file, ...validation })),
        );
      else for (const each of checked) showChecked(cli, each);
      if (!allValid(checked)) cli.exitWith(EXIT.failure);
    });
  applyCommand(group, cli);
}

function applyCommand(group: Command, cli: Cli): void {
  const command = group
    .command('apply <files...>')
    .description(
      'make or change policies as files say; what is the same stays, and nothing is done unless all are valid',
    )
    .option('--dry-run', 'only say what would change')
    .option('--note <text>', 'why, for whoever asks later');
  examples(command, [
    ['thimble policies apply servers.yaml --note "slower canary"', 'one of them'],
    ['thimble policies apply policies/ --dry-run', 'what a folder would change'],
    ['git show main:servers.yaml | thimble policies apply -', 'from a repository'],
  ]);
  command.action(async (paths: readonly string[], _, given: Command) => {
    const options = given.optsWithGlobals<ConnectionOptions & { dryRun?: boolean; note?: string }>();
    const client = connect(cli, options);
    const checked = await checkAll(client, await readPolicyFiles(paths));
    for (const { file, validation } of checked)
      showProblems(cli.terminal, file, validation.problems, validation.warnings);
    if (!allValid(checked) || saidTwice(cli, checked)) {
      cli.terminal.note('Nothing was changed.');
      return cli.exitWith(EXIT.failure);
    }
    const present = (await client.policies()).items;
    const outcomes = [];
    for (const { text, validation } of checked)
      if (validation.document !== null)
        outcomes.push(await applyOne(cli, client, { text, document: validation.document, present, ...options }));
    if (options.json === true) printJson(cli.terminal, outcomes);
  });
}

interface Checked extends PolicyFile {
  readonly validation: PolicyValidation;
}

async function checkAll(client: Client, files: readonly PolicyFile[]): Promise<readonly Checked[]> {
  const checked: Checked[] = [];
  for (const file of files) checked.push({ ...file, validation: await client.validatePolicy(file.text) });
  return checked;
}

function allValid(checked: readonly Checked[]): boolean {
  return checked.every(({ validation }) => validation.valid);
}

/** Of two files with one name the last would win silently. */
function saidTwice({ terminal }: Cli, checked: readonly Checked[]): boolean {
  const before = new Map<string, string>();
  for (const { file, validation } of checked) {
    const name = validation.document?.name ?? '';
    const other = before.get(name);
    if (other !== undefined) {
      terminal.note(printable(`${file}: ${name} is in ${other} already`));
      return true;
    }
    before.set(name, file);
  }
  return false;
}

function showChecked(cli: Cli, { file, validation }: Checked): void {
  const { terminal } = cli;
  const { valid, problems, warnings, document, effect } = validation;
  showProblems(terminal, file, problems, warnings);
  if (!valid) return;
  terminal.out(terminal.colour.good(printable(`${file}: ${document?.name ?? ''} is valid`)));
  if (effect !== null) showEffect(terminal, effect, cli.now().getTime());
}

interface Application {
  readonly text: string;
  readonly document: PolicyDocument;
  readonly present: readonly PolicySummary[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
  readonly note?: string;
}

interface Outcome {
  readonly policy: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly changes: readonly string[];
}

async function applyOne(cli: Cli, client: Client, application: Application): Promise<Outcome> {
  const { text, document, present } = application;
  const note = application.note === undefined ? {} : { note: application.note };
  const standing = present.find(({ name, inherited }) => name === document.name && inherited === null);
  const before = standing === undefined ? undefined : await client.policy(standing.id);
  const changes = before === undefined ? [] : diffPolicies(before.document, document).map(({ words }) => words);
  const outcome = before === undefined ? 'created' : isSame(before, text, changes) ? 'unchanged' : 'changed';
  if (application.dryRun !== true && outcome !== 'unchanged') {
    if (before === undefined) await client.createPolicy({ text, ...note });
    else await client.changePolicy(before.summary.id, { text, version: before.summary.version, ...note });
  }
  if (application.json !== true) {
    const would = application.dryRun === true && outcome !== 'unchanged' ? 'would be ' : '';
    const count = changes.length === 0 ? '' : ` (${plural(changes.length, 'change')})`;
    cli.terminal.out(`${printable(document.name)} ${would}${outcome}${count}`);
    for (const words of changes) cli.terminal.out(`  ${printable(words)}`);
  }
  return { policy: document.name, outcome, changes };
}

/** A changed comment is a change of the text too. */
function isSame(before: PolicyDetail, text: string, changes: readonly string[]): boolean {
  return changes.length === 0 && before.text.trim() === text.trim();
}
