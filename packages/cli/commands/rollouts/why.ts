import type { WhyNotPatched } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../../cli.ts';
import { formatAgo, plural, printable, type Terminal } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from '../options.ts';
import { printJson, printTable } from '../print.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';

const MOST_UPDATES = 20;

/** `thimble why ENDPOINT`: everything that stands between an endpoint and its patches. */
export function whyCommand(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('why <endpoint>'))).description(
    'Why an endpoint is not patched: its policy, ring, gate, window, and what comes next.',
  );
  examples(command, [['thimble why web-3', 'what it waits for, and until when']]);
  command.action(async (name: string, _, given: Command) => {
    const options = given.optsWithGlobals<ConnectionOptions>();
    const client = connect(cli, options);
    const why = await client.whyNotPatched((await resolveEndpoint(client, name)).id);
    if (options.json === true) printJson(cli.terminal, why);
    else showWhy(cli, why);
  });
}

function showWhy({ terminal, now }: Cli, { summary, policy, steps, updates, updateCount }: WhyNotPatched): void {
  const nowMs = now().getTime();
  terminal.out(terminal.colour.bold(printable(summary)));
  if (policy !== null) terminal.out(printable(policy.because));
  terminal.out('');
  for (const { name, state, words, until } of steps)
    terminal.out(
      `${mark(terminal, state)} ${printable(`${name}: ${words}`)}${until === null ? '' : terminal.colour.dim(` (${formatAgo(until, nowMs)})`)}`,
    );
  if (updateCount === 0) return;
  terminal.out(`\n${plural(updateCount, 'update')} pending:`);
  printTable<WhyNotPatched['updates'][number]>(
    terminal,
    [
      { title: 'PACKAGE', value: ({ package: name }) => printable(name), flexible: true, leastWidth: 12 },
      { title: 'INSTALLED', value: ({ installed }) => printable(installed), flexible: true, dispensable: 2 },
      { title: 'CANDIDATE', value: ({ candidate }) => printable(candidate), flexible: true, dispensable: 1 },
      { title: 'TAKEN', value: ({ taken }) => (taken ? terminal.colour.good('yes') : 'no') },
      { title: 'DUE', value: ({ deadline }) => (deadline === null ? '-' : formatAgo(deadline, nowMs)) },
      { title: 'BECAUSE', value: ({ because }) => printable(because), flexible: true, leastWidth: 20 },
    ],
    updates.slice(0, MOST_UPDATES),
  );
  if (updateCount > MOST_UPDATES) terminal.out(`and ${updateCount - MOST_UPDATES} more`);
}

function mark({ colour }: Terminal, state: WhyNotPatched['steps'][number]['state']): string {
  switch (state) {
    case 'passed':
      return colour.good('✓');
    case 'waits':
      return colour.accent('→');
    case 'failed':
      return colour.bad('✗');
    case 'later':
      return colour.dim('·');
  }
}
