import type { EndpointVulnerability, VulnerabilitySummary } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, listing, plural, printable, type Terminal } from '../terminal/index.ts';
import { usageError } from '../cli-error.ts';
import { connect } from './connection.ts';
import { momentOf } from './moment.ts';
import { type ConnectionOptions, examples, wholeNumber, withConnection, withJson } from './options.ts';
import { printFacts, printJson, printTable } from './print.ts';
import { resolveEndpoint } from './resolve-endpoint.ts';

const SHOWN = 100;

interface Options extends ConnectionOptions {
  readonly search?: string;
  readonly kev?: boolean;
  readonly endpoint?: string;
  readonly asOf?: string;
  readonly limit?: number;
}

export function vulnerabilitiesCommand(program: Command, cli: Cli): void {
  const command = withConnection(withJson(program.command('vulnerabilities')))
    .argument('[id]', 'one of them, with everything that is known of it')
    .description('Which vulnerabilities the fleet has, most pressing first.')
    .option('--search <text>', 'only those whose id, title or package contains this')
    .option('--kev', 'only those that are known to be exploited')
    .option('--endpoint <name>', 'only those of one machine')
    .option('--as-of <date>', 'with --endpoint: as it was then (2026-05-03: its end, UTC; or with a time)', momentOf)
    .option('--limit <n>', `how many are shown (${SHOWN})`, wholeNumber(1, 1000));
  examples(command, [
    ['thimble vulnerabilities --kev', 'what is exploited, and where'],
    ['thimble vulnerabilities CVE-2024-6387', 'one of them: packages, endpoints, fix, exploits'],
    ['thimble vulnerabilities --endpoint web1 --as-of 2026-05-03', 'what one machine had on that day'],
  ]);
  command.action(async (id: string | undefined, options: Options) => {
    if (options.asOf !== undefined && options.endpoint === undefined)
      throw usageError('--as-of needs an --endpoint', 'What the fleet had over time is in the console.');
    if (id !== undefined && options.endpoint !== undefined)
      throw usageError(
        'choose one of a vulnerability and --endpoint',
        `Both: thimble explain ${id} ${options.endpoint}`,
      );
    if (id !== undefined) return show(cli, id, options);
    if (options.endpoint !== undefined) return listOfEndpoint(cli, options.endpoint, options);
    const { terminal } = cli;
    const list = await connect(cli, options).vulnerabilities({
      limit: options.limit ?? SHOWN,
      ...(options.search === undefined ? {} : { search: options.search }),
      ...(options.kev === true ? { kev: true } : {}),
    });
    if (options.json === true) return printJson(terminal, list);
    if (list.items.length === 0) return terminal.note('None is known. What could not be assessed: thimble gaps');
    printTable(terminal, columns(terminal), list.items);
    terminal.note(`\n${plural(list.total, 'vulnerability', 'vulnerabilities')}, ${list.items.length} shown.`);
  });
}

function columns({ colour }: Terminal): readonly Column<VulnerabilitySummary>[] {
  return [
    { title: 'VULNERABILITY', value: ({ id }) => printable(id) },
    {
      title: 'SEVERITY',
      value: ({ severity }) => (/^(critical|high)$/.test(severity) ? colour.bad(severity) : severity),
    },
    { title: 'RISK', value: ({ score }) => String(Math.round(score)), align: 'right' },
    { title: 'DO', value: ({ decision }) => decision, dispensable: 1 },
    { title: 'ENDPOINTS', value: ({ endpointCount }) => String(endpointCount), align: 'right' },
    { title: 'FIX', value: ({ fixState }) => fixState, dispensable: 2 },
    { title: 'EXPLOITED', value: ({ kev }) => (kev === null ? '' : colour.bad('yes')), dispensable: 3 },
    { title: 'PACKAGES', value: ({ packages }) => listing(packages.map(printable), 4), flexible: true, dispensable: 4 },
    { title: 'TITLE', value: ({ title }) => printable(title), flexible: true, dispensable: 5 },
  ];
}

async function listOfEndpoint(cli: Cli, name: string, options: Options): Promise<void> {
  const { terminal } = cli;
  const { asOf } = options;
  const client = connect(cli, options);
  const { id, hostname } = await resolveEndpoint(client, name);
  const list = await client.endpointVulnerabilities(id, asOf === undefined ? {} : { asOf });
  const items = list.items.filter((item) => isWanted(item, options));
  if (options.json === true) return printJson(terminal, { ...list, items, total: items.length });
  const shown = items.slice(0, options.limit ?? SHOWN);
  if (shown.length > 0) printTable(terminal, endpointColumns(terminal), shown);
  terminal.note(
    `\n${plural(items.length, 'finding')} on ${printable(hostname)}, ${shown.length} shown, as of ${list.asOf}.`,
  );
  for (const { what, why } of list.gaps) terminal.note(`Not assessed: ${printable(what)}: ${printable(why)}`);
}

/** What the server does for the fleet's list is done here for one machine's. */
function isWanted(item: EndpointVulnerability, { kev, search }: Options): boolean {
  const text = (search ?? '').toLowerCase();
  const named = [item.id, item.title, item.package, item.source ?? ''].some((name) =>
    name.toLowerCase().includes(text),
  );
  return named && (kev !== true || item.kev);
}

function endpointColumns({ colour }: Terminal): readonly Column<EndpointVulnerability>[] {
  return [
    { title: 'VULNERABILITY', value: ({ id }) => printable(id) },
    {
      title: 'SEVERITY',
      value: ({ severity }) => (/^(critical|high)$/.test(severity) ? colour.bad(severity) : severity),
    },
    { title: 'RISK', value: ({ score }) => String(Math.round(score)), align: 'right' },
    { title: 'PACKAGE', value: (each) => printable(each.package), flexible: true },
    { title: 'INSTALLED', value: ({ installed }) => printable(installed), flexible: true },
    {
      title: 'FIXED IN',
      value: ({ fixedVersion, fixState }) => printable(fixedVersion ?? `(${fixState})`),
      flexible: true,
    },
    { title: 'STATE', value: ({ state }) => state },
    { title: 'IN USE', value: ({ runtime }) => runtime, dispensable: 1 },
    { title: 'SINCE', value: ({ since }) => since.slice(0, 10), dispensable: 2 },
  ];
}

async function show(cli: Cli, id: string, options: Options): Promise<void> {
  const { terminal } = cli;
  const detail = await connect(cli, options).vulnerability(id);
  if (options.json === true) return printJson(terminal, detail);
  const { summary, priority, kev, epss } = detail;
  terminal.out(terminal.colour.bold(`${summary.id}  ${printable(summary.title)}`));
  if (detail.description !== '') terminal.out(`${printable(detail.description)}\n`);
  printFacts(terminal, [
    ['Severity', `${summary.severity}${summary.cvss === null ? '' : `, CVSS ${summary.cvss.toFixed(1)}`}`],
    ['Decision', `${priority.decision}: ${printable(priority.decisionWhy)}`],
    [
      'Exploited',
      kev === null ? 'not known to be' : printable(`listed on ${kev.addedOn}, due ${kev.dueOn ?? 'not stated'}`),
    ],
    ['EPSS', epss === null ? 'not scored' : `${(epss.probability * 100).toFixed(1)} % within 30 days`],
    [
      'Endpoints',
      `${summary.endpointCount} open, ${summary.notEffectiveCount} not effective yet, ${summary.acceptedCount} accepted`,
    ],
    [
      'Advisories',
      listing(
        detail.advisories.map((each) => printable(`${each.feed} ${each.id}`)),
        8,
      ),
    ],
  ]);
  terminal.out(`\n${terminal.colour.bold('Risk')} ${Math.round(priority.score)} of 100`);
  for (const { points, name, value, why } of priority.steps)
    terminal.out(`  ${signed(points).padStart(6)}  ${printable(name)} ${printable(value)}: ${printable(why)}`);
  if (detail.software.length > 0) terminal.out('');
  for (const { verdict, endpointCount } of detail.software)
    terminal.out(
      `  ${printable(verdict.package)} ${printable(verdict.version)} (${printable(verdict.namespace)}) on ${plural(endpointCount, 'endpoint')}: ${
        verdict.fixedVersion === null ? `no fix (${verdict.fixState})` : `fixed in ${printable(verdict.fixedVersion)}`
      }`,
    );
  terminal.note(`\nWhy: thimble explain ${summary.id} PACKAGE|ENDPOINT`);
}

function signed(points: number): string {
  return `${points < 0 ? '' : '+'}${points.toFixed(1)}`;
}
