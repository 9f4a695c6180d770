import type { CommandEntry } from '../command-entry.ts';

const FLEET = 'The fleet (needs a server):';
const SERVER = 'The server:';

/** What needs a server's code, or a server to talk to. */
export const SERVER_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'start',
    group: SERVER,
    summary: 'everything on one machine: server, console, and this machine as endpoint',
    load: async () => (await import('./start.ts')).startCommand,
  },
  {
    name: 'serve',
    group: SERVER,
    summary: 'the server alone',
    load: async () => (await import('./serve.ts')).serveCommand,
  },
  {
    name: 'relay',
    group: SERVER,
    summary: 'a cache of content near endpoints, for a server elsewhere',
    load: async () => (await import('./relay.ts')).relayCommand,
  },
  {
    name: 'backup',
    group: SERVER,
    summary: 'all that the server keeps, in one sealed file',
    load: async () => (await import('./backup.ts')).backupCommand,
  },
  {
    name: 'restore',
    group: SERVER,
    summary: 'bring a server back from a backup',
    load: async () => (await import('./restore.ts')).restoreCommand,
  },
  {
    name: 'server',
    group: SERVER,
    summary: 'its keys for orders and for secrets; an older database',
    load: async () => (await import('./server.ts')).serverCommands,
  },
  {
    name: 'sign-in-link',
    group: SERVER,
    summary: 'make a new one-time link for signing in to the console',
    load: async () => (await import('./sign-in-link.ts')).signInLinkCommand,
  },
  {
    name: 'people',
    group: SERVER,
    summary: 'who uses the console: invite, shut out, let in again',
    load: async () => (await import('./people.ts')).peopleCommands,
  },
  {
    name: 'roles',
    group: SERVER,
    summary: 'what people and tokens may do, and the four-eyes rule',
    load: async () => (await import('./roles/roles.ts')).rolesCommands,
  },
  {
    name: 'tokens',
    group: SERVER,
    summary: 'API tokens for scripts',
    load: async () => (await import('./access.ts')).tokensCommands,
  },
  {
    name: 'organisations',
    group: SERVER,
    summary: 'a provider’s clients, and how each stands',
    load: async () => (await import('./organisations.ts')).organisationsCommands,
  },
  {
    name: 'enrolment-tokens',
    group: SERVER,
    summary: 'tokens with which machines join',
    load: async () => (await import('./enrolment/enrolment-tokens.ts')).enrolmentTokensCommands,
  },
  {
    name: 'agent-updates',
    group: FLEET,
    summary: 'versions of the agent: who runs which, and how a new one does',
    load: async () => (await import('./agent-updates.ts')).agentUpdatesCommands,
  },
  {
    name: 'endpoints',
    group: FLEET,
    summary: 'the machines, their state and why',
    load: async () => (await import('./endpoints.ts')).endpointsCommands,
  },
  {
    name: 'vulnerabilities',
    group: FLEET,
    summary: 'which vulnerabilities the machines have, most pressing first',
    load: async () => (await import('./vulnerabilities.ts')).vulnerabilitiesCommand,
  },
  {
    name: 'next-patches',
    group: FLEET,
    summary: 'the fewest updates that remove the most risk',
    load: async () => (await import('./next-patches.ts')).nextPatchesCommand,
  },
  {
    name: 'exceptions',
    group: FLEET,
    summary: 'accepted risks, and what does not apply here',
    load: async () => (await import('./exceptions.ts')).exceptionsCommands,
  },
  {
    name: 'vex',
    group: FLEET,
    summary: 'say to others what is affected, and hear it from them (CycloneDX, CSAF)',
    load: async () => (await import('./vex.ts')).vexCommands,
  },
  {
    name: 'gaps',
    group: FLEET,
    summary: 'what could not be assessed, and why',
    load: async () => (await import('./gaps.ts')).gapsCommand,
  },
  {
    name: 'updates',
    group: FLEET,
    summary: 'pending updates across all machines',
    load: async () => (await import('./updates.ts')).updatesCommands,
  },
  {
    name: 'content',
    group: FLEET,
    summary: 'patches, got once: repositories, frozen snapshots, channels, blocks, relays',
    load: async () => (await import('./content.ts')).contentCommands,
  },
  {
    name: 'policies',
    group: FLEET,
    summary: 'what is patched by when and how carefully: documents with versions',
    load: async () => (await import('./policies/policies.ts')).policiesCommands,
  },
  {
    name: 'rollouts',
    group: FLEET,
    summary: 'policies at work: rings, gates, what waits and why; halt, resume, roll back',
    load: async () => (await import('./rollouts/rollouts.ts')).rolloutsCommands,
  },
  {
    name: 'why',
    group: FLEET,
    summary: 'why an endpoint is not patched, and what comes next',
    load: async () => (await import('./rollouts/why.ts')).whyCommand,
  },
  {
    name: 'simulate',
    group: FLEET,
    summary: 'the coming weeks under a policy, before anyone presses start',
    load: async () => (await import('./simulate/simulate.ts')).simulateCommand,
  },
  {
    name: 'windows',
    group: FLEET,
    summary: 'maintenance windows to come, blackout calendars, freezes',
    load: async () => (await import('./policies/windows.ts')).windowsCommands,
  },
  {
    name: 'runs',
    group: FLEET,
    summary: 'plan, approve, watch and roll back patch runs',
    load: async () => (await import('./runs.ts')).runsCommands,
  },
  {
    name: 'approvers',
    group: FLEET,
    summary: 'the people whose signatures endpoints demand, whoever owns the server',
    load: async () => (await import('./approvals/approvers.ts')).approversCommands,
  },
  {
    name: 'approvals',
    group: FLEET,
    summary: 'what approvers are asked to sign',
    load: async () => (await import('./approvals/approvals.ts')).approvalsCommands,
  },
  {
    name: 'approve',
    group: FLEET,
    summary: 'sign what shall be installed, with a key of your own',
    load: async () => (await import('./approvals/approve.ts')).approveCommand,
  },
  {
    name: 'emergency-stop',
    group: FLEET,
    summary: 'stop everything at once, or let it go on',
    load: async () => (await import('./approvals/emergency-stop.ts')).emergencyStopCommand,
  },
  {
    name: 'audit',
    group: FLEET,
    summary: 'prove that the evidence is whole: verify, checkpoint, export',
    load: async () => (await import('./audit/audit.ts')).auditCommands,
  },
];
