import type { AgentUpdateStatus, AgentVersionDecision, AgentVersionState } from '@thimble/protocol';
import type { Command } from 'commander';
import type { Cli } from '../cli.ts';
import { type Column, formatAgo, plural, printable, type Terminal } from '../terminal/index.ts';
import { connect } from './connection.ts';
import { type ConnectionOptions, examples, withConnection, withJson } from './options.ts';
import { printFacts, printJson, printTable } from './print.ts';

const DECISIONS: readonly { readonly name: AgentVersionDecision['decision']; readonly description: string }[] = [
  { name: 'pause', description: 'tell nobody else of a version until it is resumed' },
  { name: 'resume', description: 'let a version go on; what endpoints did before is forgiven' },
  { name: 'advance', description: 'tell the next wave now' },
  { name: 'block', description: 'tell nobody of a version, also when it is offered later' },
];

/** `thimble agent-updates`: versions of the agent on their way through the fleet. */
export function agentUpdatesCommands(program: Command, cli: Cli): void {
  const { terminal, now } = cli;
  const group = withConnection(withJson(program.command('agent-updates'))).description(
    'Versions of the agent: who runs which, how a new one does, and who went back. They advance by themselves, canaries first.',
  );
  examples(group, [
    ['thimble agent-updates', 'where each version is'],
    ['thimble agent-updates resume 0.2.0', 'after it was halted and you looked why'],
    ['thimble agent-updates block 0.2.1', 'nobody is told of it'],
  ]);
  group
    .command('show', { isDefault: true })
    .description('what is offered, who runs what, and how a new version does')
    .action(async (_, command: Command) => {
      const options = command.optsWithGlobals<ConnectionOptions>();
      const status = await connect(cli, options).agentUpdates();
      if (options.json === true) return printJson(terminal, status);
      show(terminal, status, now().getTime());
    });
  for (const { name, description } of DECISIONS)
    group
      .command(`${name} <version>`)
      .description(description)
      .action(async (version: string, _, command: Command) => {
        const options = command.optsWithGlobals<ConnectionOptions>();
        const status = await connect(cli, options).decideAgentVersion({ version, decision: name });
        if (options.json === true) return printJson(terminal, status);
        const state = status.versions.find((each) => each.version === version);
        terminal.note(`Version ${printable(version)}: ${state === undefined ? 'unknown' : whereItIs(state)}.`);
      });
}

function show(terminal: Terminal, status: AgentUpdateStatus, nowMs: number): void {
  const offered = Object.entries(status.offered).map(([platform, version]) => `${version} for ${platform}`);
  printFacts(terminal, [
    ['Offered', status.reason ?? (offered.length === 0 ? 'nothing' : offered.join(', '))],
    ['Takes updates', `${plural(status.takers, 'endpoint')} (those that have a root)`],
    [
      'First',
      status.canaryPercent === 0
        ? 'nobody is told (--agent-canary-percent 0)'
        : `${status.canaryPercent} %, or those with the label agent-canary, for ${status.soakHours} hours`,
    ],
    ['Running', status.running.map(({ version, endpoints }) => `${printable(version)}: ${endpoints}`).join(', ')],
  ]);
  if (status.versions.length > 0) {
    terminal.out('');
    printTable(terminal, versionColumns(nowMs), status.versions);
  }
  if (status.givenUp.length === 0) return;
  terminal.out('');
  printTable(terminal, givenUpColumns(nowMs), status.givenUp);
}

function whereItIs({ state, wave, waves }: AgentVersionState): string {
  return state === 'under-way' ? `${wave === 0 ? 'canaries' : `wave ${wave + 1} of ${waves}`}` : state;
}

function versionColumns(nowMs: number): readonly Column<AgentVersionState>[] {
  return [
    { title: 'VERSION', value: ({ version }) => printable(version) },
    { title: 'STATE', value: whereItIs },
    { title: 'SINCE', value: ({ waveSince }) => formatAgo(waveSince, nowMs), dispensable: 1 },
    { title: 'WELL', value: ({ counts }) => String(counts?.proven ?? ''), align: 'right' },
    { title: 'LOST', value: ({ counts }) => String(counts?.lost ?? ''), align: 'right' },
    { title: 'WHY', value: ({ explanation }) => printable(explanation), flexible: true, leastWidth: 20 },
  ];
}

function givenUpColumns(nowMs: number): readonly Column<AgentUpdateStatus['givenUp'][number]>[] {
  return [
    { title: 'WENT BACK', value: ({ hostname }) => printable(hostname) },
    { title: 'FROM', value: ({ version }) => printable(version) },
    { title: 'WHEN', value: ({ reportedAt }) => formatAgo(reportedAt, nowMs) },
    { title: 'WHY', value: ({ reason }) => printable(reason), flexible: true, leastWidth: 20 },
  ];
}
