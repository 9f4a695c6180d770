import type { EndpointAsset, EndpointSearch, EndpointSummary, Finding, InstalledPackage } from '@thimble/protocol';
import { type Command, Option } from 'commander';
import { CliError, usageError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { type Column, confirm, formatAgo, printable, type Terminal } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson, words } from './options.ts';
import { labelCommand } from './endpoint-labels.ts';
import { admissionCommands } from './enrolment/admission.ts';
import { identityCommands } from './enrolment/identity.ts';
import { paintState } from './endpoint-state.ts';
import { showEndpoint } from './endpoint-view.ts';
import { printJson, printTable } from './print.ts';
import { allEndpoints, resolveEndpoint } from './resolve-endpoint.ts';

export function endpointsCommands(program: Command, cli: Cli): void {
  const group = withConnection(withJson(program.command('endpoints'))).description(
    'The machines that this server manages: what state their patching is in, and why.',
  );
  examples(group, [
    ['thimble endpoints', 'all of them, with their state in words'],
    ['thimble endpoints list --state exposed', 'those that miss security updates'],
    ['thimble endpoints show web-1', 'one of them, with what it waits for'],
  ]);
  const { terminal } = cli;

  group
    .command('list', { isDefault: true })
    .description('list the endpoints')
    .option(
      '--state <state>',
      'only those in this state: current, pending, exposed, patching, waits, failed, stale, unknown',
    )
    .option('--label <key=value>', 'only those with these labels', words)
    .option('--group <name>', 'only those in this group')
    .option('--site <label>', 'only those of this site')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & ListOptions>();
      const all = await allEndpoints(connect(cli, options), searchOf(options));
      const items = all.filter(({ state }) => options.state === undefined || state === options.state);
      if (options.json === true) return printJson(terminal, { items, total: items.length, nextCursor: null });
      if (items.length === 0)
        terminal.note(
          all.length === 0
            ? 'No endpoint is enrolled yet: see `thimble enrolment-tokens create`.'
            : 'No endpoint is in this state.',
        );
      else printTable(terminal, endpointColumns(terminal, cli.now().getTime()), items);
    });

  group
    .command('show <endpoint>')
    .description('show one endpoint: system, state, what waits, recent history')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const { id } = await resolveEndpoint(client, name);
      const detail = await client.endpoint(id);
      if (options.json === true) return printJson(terminal, detail);
      const [updates, history] = await Promise.all([client.endpointUpdates(id), client.endpointHistory(id)]);
      showEndpoint(terminal, detail, updates, history, cli.now().getTime());
    });

  group
    .command('packages <endpoint>')
    .description('list what is installed on one endpoint')
    .option('--search <text>', 'only packages whose name or source contains this')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { search?: string }>();
      const client = connect(cli, options);
      const { items } = await client.endpointPackages((await resolveEndpoint(client, name)).id);
      const text = options.search ?? '';
      const found = items.filter((item) => item.name.includes(text) || item.source.includes(text));
      if (options.json === true) printJson(terminal, { items: found, total: found.length });
      else printTable(terminal, packageColumns, found);
    });

  group
    .command('findings [endpoint]')
    .description('list missing security updates, of one endpoint or of all')
    .option('--all', 'closed ones too')
    .action(async (name: string | undefined, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { all?: boolean }>();
      const client = connect(cli, options);
      const list =
        name === undefined
          ? await client.findings({ limit: 1000 })
          : await client.endpointFindings((await resolveEndpoint(client, name)).id);
      const items = list.items.filter(({ state }) => options.all === true || state !== 'closed');
      if (options.json === true) return printJson(terminal, { items, total: items.length });
      if (items.length === 0) terminal.note('No security update is missing.');
      else printTable(terminal, findingColumns(terminal, cli.now().getTime()), items);
    });

  group
    .command('scan <endpoint>')
    .description('ask one endpoint to look afresh at what is installed and available')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const client = connect(cli, options);
      const endpoint = await resolveEndpoint(client, name);
      await client.scanEndpoint(endpoint.id);
      if (options.json === true) printJson(terminal, endpoint);
      else
        terminal.note(
          `${printable(endpoint.hostname)} ${endpoint.connected ? 'scans now' : 'will scan when it checks in next'}.`,
        );
    });

  group
    .command('asset <endpoint>')
    .description('state how important one endpoint is, who reaches it, and where it stands')
    .addOption(
      new Option('--criticality <level>', 'how much depends on it').choices(['low', 'medium', 'high', 'unknown']),
    )
    .addOption(
      new Option('--exposure <place>', 'from where it can be reached').choices([
        'isolated',
        'internal',
        'internet',
        'unknown',
      ]),
    )
    .option('--site <label>', 'relays of this site are asked first; an empty text: of none')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & Partial<EndpointAsset>>();
      const { criticality, exposure, site } = options;
      if (criticality === undefined && exposure === undefined && site === undefined)
        throw usageError('nothing is stated', 'Like --criticality high --exposure internet');
      const client = connect(cli, options);
      const endpoint = await resolveEndpoint(client, name);
      const asset = await client.setEndpointAsset(endpoint.id, {
        ...(criticality === undefined ? {} : { criticality }),
        ...(exposure === undefined ? {} : { exposure }),
        ...(site === undefined ? {} : { site }),
      });
      if (options.json === true) return printJson(terminal, asset);
      const where = asset.site === undefined || asset.site === '' ? '' : `, site ${printable(asset.site)}`;
      terminal.note(
        `${printable(endpoint.hostname)}: criticality ${asset.criticality}, exposure ${asset.exposure}${where}.`,
      );
    });

  labelCommand(group, cli);
  admissionCommands(group, cli);
  identityCommands(group, cli);

  group
    .command('remove <endpoint>')
    .description('forget one endpoint: its key is refused from now on, its evidence stays')
    .option('--yes', 'do not ask')
    .action(async (name: string, _, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions & { yes?: boolean }>();
      const client = connect(cli, options);
      const endpoint = await resolveEndpoint(client, name);
      if (options.yes !== true) {
        if (!terminal.interactive)
          throw new CliError('not-confirmed', 'removing an endpoint has to be confirmed', {
            hint: 'Add --yes.',
            exitCode: EXIT.usage,
          });
        if (!(await confirm(terminal, `Remove ${printable(endpoint.hostname)} (${endpoint.id})?`, cli.signal)))
          throw new CliError('not-confirmed', 'nothing was removed');
      }
      await client.removeEndpoint(endpoint.id);
      if (options.json === true) printJson(terminal, endpoint);
      else terminal.note(`${printable(endpoint.hostname)} is removed.`);
    });
}

interface ListOptions {
  readonly state?: string;
  readonly label?: readonly string[];
  readonly group?: string;
  readonly site?: string;
}

function searchOf({ label, group, site }: ListOptions): EndpointSearch {
  return {
    ...(label === undefined ? {} : { label: [...label] }),
    ...(group === undefined ? {} : { group }),
    ...(site === undefined ? {} : { site }),
  };
}

function endpointColumns(terminal: Terminal, nowMs: number): readonly Column<EndpointSummary>[] {
  return [
    { title: 'NAME', value: ({ hostname }) => printable(hostname), flexible: true, leastWidth: 12 },
    {
      title: 'STATE',
      value: ({ state, standing }) =>
        standing === undefined ? paintState(terminal, state) : terminal.colour.warning(standing),
    },
    { title: 'SECURITY', value: ({ securityUpdateCount }) => String(securityUpdateCount), align: 'right' },
    { title: 'UPDATES', value: ({ updateCount }) => String(updateCount), align: 'right', dispensable: 2 },
    { title: 'SYSTEM', value: ({ os }) => printable(os), flexible: true, dispensable: 3 },
    {
      title: 'SEEN',
      value: ({ connected, lastSeenAt }) => (connected ? 'connected' : formatAgo(lastSeenAt, nowMs)),
      dispensable: 1,
    },
    { title: 'WHY', value: ({ explanation }) => printable(explanation), flexible: true, leastWidth: 24 },
  ];
}

const packageColumns: readonly Column<InstalledPackage>[] = [
  { title: 'PACKAGE', value: ({ name }) => printable(name), flexible: true, leastWidth: 20 },
  { title: 'VERSION', value: ({ version }) => printable(version), flexible: true, leastWidth: 12 },
  { title: 'ARCH', value: ({ architecture }) => architecture, dispensable: 3 },
  { title: 'SOURCE', value: ({ source }) => printable(source), flexible: true, dispensable: 2 },
  {
    title: 'NOTES',
    value: ({ status, held, automatic, origin }) =>
      [
        status === 'installed' ? '' : status,
        held ? 'held' : '',
        automatic ? 'automatic' : '',
        origin === null ? 'in no repository' : '',
      ]
        .filter((note) => note !== '')
        .join(', '),
    dispensable: 1,
  },
];

function findingColumns(terminal: Terminal, nowMs: number): readonly Column<Finding>[] {
  const { colour } = terminal;
  return [
    { title: 'ENDPOINT', value: ({ hostname }) => printable(hostname), flexible: true, leastWidth: 12 },
    { title: 'PACKAGE', value: (finding) => printable(finding.package), flexible: true, leastWidth: 14 },
    { title: 'INSTALLED', value: ({ installed }) => printable(installed), flexible: true },
    { title: 'FIXED IN', value: ({ fixed }) => printable(fixed), flexible: true },
    {
      title: 'STATE',
      value: ({ state }) =>
        state === 'open' ? colour.bad(state) : state === 'closed' ? colour.good(state) : colour.warning(state),
    },
    { title: 'SINCE', value: ({ openedAt }) => formatAgo(openedAt, nowMs), dispensable: 1 },
  ];
}
