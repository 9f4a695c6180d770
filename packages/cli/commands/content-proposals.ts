import type { KeySummary, RepositoryProposal } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { keyInWords, placeOf } from './content-repository-view.ts';
import type { ConnectionOptions } from './options.ts';
import { printFacts, printJson } from './print.ts';

export function proposalsCommand(content: Command, cli: Cli): void {
  content
    .command('proposals')
    .description('repositories that endpoints have configured and nobody has decided about')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const { items, total } = await connect(cli, options).proposals();
      if (options.json === true) return printJson(cli.terminal, { items, total });
      if (items.length === 0)
        return cli.terminal.note('There is none: every repository of the fleet is decided about.');
      showProposals(cli.terminal, items);
      cli.terminal.note(
        'Compare the fingerprints with the vendor’s, then: thimble content repositories add --from-proposals',
      );
    });
}

/** Repositories one by one, then each key once: several of them usually share their vendor's. */
export function showProposals(terminal: Terminal, proposals: readonly RepositoryProposal[]): void {
  const { colour } = terminal;
  for (const proposal of proposals) {
    terminal.out(colour.bold(printable(proposal.name)));
    printFacts(terminal, [
      ['place', printable(placeOf(proposal))],
      ['architectures', printable(proposal.architectures.join(', '))],
      ['configured on', `${plural(proposal.endpointCount, 'endpoint')}: ${printable(listing(proposal.endpoints, 5))}`],
      ...(proposal.unsignedCount === 0
        ? []
        : ([
            ['unsigned', colour.bad(`${plural(proposal.unsignedCount, 'endpoint')} take it without a signature`)],
          ] as const)),
      ...(proposal.problem === '' ? [] : ([['problem', colour.bad(printable(proposal.problem))]] as const)),
    ]);
    terminal.out('');
  }
  const keys = new Map<string, { readonly key: KeySummary; readonly vouchesFor: string[] }>();
  for (const { name, keys: found } of proposals)
    for (const { key } of found) {
      const known = keys.get(key.fingerprint);
      if (known === undefined) keys.set(key.fingerprint, { key, vouchesFor: [name] });
      else known.vouchesFor.push(name);
    }
  if (keys.size === 0) return;
  terminal.out(colour.bold('Keys by which endpoints check them'));
  for (const { key, vouchesFor } of keys.values()) {
    terminal.out(keyInWords(terminal, key));
    const all = vouchesFor.length === proposals.length && proposals.length > 1;
    terminal.out(colour.dim(`    for ${all ? 'all of them' : printable(listing(vouchesFor, 4))}`));
  }
  terminal.out('');
}
