import type { EndpointIdentity, EndpointPlace } from '@thimble/protocol';
import type { Command } from 'commander';
import { CliError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import { EXIT } from '../../exit-codes.ts';
import { type Column, formatAgo, printable, type Terminal } from '../../terminal/index.ts';
import { connect } from '../connection.ts';
import { type ConnectionOptions, examples } from '../options.ts';
import { printFacts, printJson, printTable } from '../print.ts';
import { resolveEndpoint } from '../resolve-endpoint.ts';

/** `thimble endpoints identity|quarantine|release|separate`: who an endpoint is, and what to do when that is in doubt. */
export function identityCommands(endpoints: Command, cli: Cli): void {
  const { terminal, now } = cli;
  endpoints
    .command('identity <endpoint>')
    .description('show one endpoint’s key and machine, and where it was seen')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const identity = await client.endpointIdentity((await resolveEndpoint(client, name)).id);
      if (options.json === true) return printJson(terminal, identity);
      showIdentity(terminal, identity, now().getTime());
    });
  withReason(endpoints, cli, 'quarantine', 'keep orders and content from one endpoint until somebody releases it');
  withReason(endpoints, cli, 'release', 'end the quarantine of one endpoint');
  separateCommand(endpoints, cli);
}

function withReason(endpoints: Command, cli: Cli, what: 'quarantine' | 'release', description: string): void {
  endpoints
    .command(`${what} <endpoint>`)
    .description(description)
    .requiredOption('--reason <text>', 'why, for the record')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { reason: string }>();
      const client = connect(cli, options);
      const { id, hostname } = await resolveEndpoint(client, name);
      const identity = await (what === 'quarantine'
        ? client.quarantineEndpoint(id, options.reason)
        : client.releaseEndpoint(id, options.reason));
      if (options.json === true) return printJson(cli.terminal, identity);
      cli.terminal.note(`${printable(hostname)} is ${what === 'quarantine' ? 'in quarantine' : 'released'}.`);
    });
}

function separateCommand(endpoints: Command, cli: Cli): void {
  const { terminal, now } = cli;
  const command = endpoints
    .command('separate <endpoint>')
    .description('of several machines with one key, say which one it is; the others have to enrol anew')
    .option('--keep <machine>', 'the beginning of the digest of its machine id, or of its boot id');
  examples(command, [
    ['thimble endpoints separate web-1', 'shows the machines that use its key'],
    ['thimble endpoints separate web-1 --keep 3fa9', 'this one stays web-1'],
  ]);
  command.action(async (name: string, _, given: Command) => {
    const options = given.optsWithGlobals<ConnectionOptions & { keep?: string }>();
    const client = connect(cli, options);
    const { id, hostname } = await resolveEndpoint(client, name);
    const identity = await client.endpointIdentity(id);
    if (options.keep === undefined) {
      if (options.json === true) return printJson(terminal, identity);
      showIdentity(terminal, identity, now().getTime());
      return terminal.note('\nAdd --keep with the machine or boot that is the real one.');
    }
    const changed = await client.separateEndpoint(id, pickPlace(identity.places, options.keep).bootId);
    if (options.json === true) return printJson(terminal, changed);
    terminal.note(
      `When that machine checks in, it makes itself a new key and is ${printable(hostname)} again. The other one then has to enrol anew: thimble agent enroll --force`,
    );
  });
}

/** Of one machine the newest start: the earlier ones are over. */
function pickPlace(places: readonly EndpointPlace[], text: string): EndpointPlace {
  const boots = places.filter(({ bootId }) => bootId.startsWith(text));
  const machines = places.filter(({ machine }) => machine?.startsWith(text) === true);
  const [boot] = boots;
  if (boot !== undefined && boots.length === 1) return boot;
  const [newest] = machines;
  const isOneMachine = new Set(machines.map(({ machine }) => machine)).size === 1;
  // Copies of a machine have its id: then only the boot tells.
  const isOneBoot = machines.filter(({ returns }) => returns > 0).length < 2;
  if (newest !== undefined && isOneMachine && isOneBoot) return newest;
  throw new CliError('unknown-place', `${JSON.stringify(text)} does not name one machine that was seen`, {
    hint: '`thimble endpoints identity` shows them. Where two have the same machine id, give the boot id.',
    exitCode: EXIT.usage,
  });
}

function showIdentity(terminal: Terminal, identity: EndpointIdentity, nowMs: number): void {
  const { quarantine, former, keeping } = identity;
  printFacts(terminal, [
    ['Machine', identity.machine],
    ['Key', `${identity.keyid}, since ${formatAgo(identity.keySince, nowMs)}`],
    ['Enrolled from', printable(identity.address ?? 'not known')],
    ...(identity.admission === 'waiting' ? [['Waits', 'until somebody lets it in'] as const] : []),
    ...(quarantine === null
      ? []
      : [
          [
            'Quarantine',
            `${printable(quarantine.reason)} (${printable(quarantine.by)}, ${formatAgo(quarantine.at, nowMs)})`,
          ] as const,
        ]),
    ...(keeping === null
      ? []
      : [['Stays', `the machine with the boot ${printable(keeping)}, once it checks in`] as const]),
    ...(former === null ? [] : [['Was before', `${printable(former.hostname)} (${former.id})`] as const]),
  ]);
  if (identity.places.length === 0) return;
  terminal.out('');
  printTable(terminal, placeColumns(nowMs), identity.places);
}

function placeColumns(nowMs: number): readonly Column<EndpointPlace>[] {
  return [
    { title: 'BOOT', value: ({ bootId }) => printable(bootId), flexible: true, leastWidth: 12 },
    { title: 'MACHINE', value: ({ machine }) => (machine ?? 'not said').slice(0, 16) },
    { title: 'ADDRESS', value: ({ address }) => printable(address) },
    { title: 'FIRST', value: ({ firstSeenAt }) => formatAgo(firstSeenAt, nowMs), dispensable: 1 },
    { title: 'LAST', value: ({ lastSeenAt }) => formatAgo(lastSeenAt, nowMs) },
    { title: 'CAME BACK', value: ({ returns }) => String(returns), align: 'right' },
  ];
}
