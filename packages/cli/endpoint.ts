import type { CommandEntry } from './command-entry.ts';
import { ENDPOINT_COMMANDS } from './commands/endpoint-commands.ts';
import { runProcess } from './run-process.ts';

const FLEET = 'The fleet (needs a server):';

/** What an endpoint's single file offers besides: looking at the fleet from here. The server's own code is not in it. */
const FLEET_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'endpoints',
    group: FLEET,
    summary: 'the machines, their state and why',
    load: async () => (await import('./commands/endpoints.ts')).endpointsCommands,
  },
  {
    name: 'updates',
    group: FLEET,
    summary: 'pending updates across all machines',
    load: async () => (await import('./commands/updates.ts')).updatesCommands,
  },
  {
    name: 'runs',
    group: FLEET,
    summary: 'patch runs: plan, approve, watch, undo',
    load: async () => (await import('./commands/runs.ts')).runsCommands,
  },
];

// The single file is CommonJS, which has no top-level await; runProcess ends the process itself.
void runProcess([...ENDPOINT_COMMANDS, ...FLEET_COMMANDS]);
