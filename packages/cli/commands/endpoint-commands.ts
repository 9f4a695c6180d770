import type { CommandEntry } from '../command-entry.ts';

const HERE = 'This machine:';
const OTHER = 'Other:';

/** What the endpoint's single file offers: everything that needs no server's code. */
export const ENDPOINT_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'patch',
    group: HERE,
    summary: 'show, install or roll back this machine’s updates; no server needed',
    load: async () => (await import('./patch.ts')).patchCommand,
  },
  {
    name: 'scan',
    group: HERE,
    summary: 'vulnerabilities of this machine, a folder, an image or a bill of materials',
    load: async () => (await import('./scan.ts')).scanCommand,
  },
  {
    name: 'explain',
    group: HERE,
    summary: 'why a vulnerability is said to be in a package, or not',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    name: 'feeds',
    group: HERE,
    summary: 'advisories: synchronise, mirror, carry to sites without Internet',
    load: async () => (await import('./feeds.ts')).feedsCommands,
  },
  {
    name: 'agent',
    group: HERE,
    summary: 'make this machine an endpoint of a server',
    load: async () => (await import('./agent.ts')).agentCommands,
  },
  {
    name: 'versions',
    group: OTHER,
    summary: 'compare version numbers as package managers do',
    load: async () => (await import('./versions.ts')).versionsCommands,
  },
  {
    name: 'version',
    group: OTHER,
    summary: 'print the version',
    load: async () => (await import('./version.ts')).versionCommand,
  },
];
