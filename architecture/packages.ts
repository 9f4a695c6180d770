/** One package of the house. The architecture test holds every import against this table, and draws ARCHITECTURE.md from it. */
export interface PackageRule {
  readonly name: string;
  /** Folder from the root. */
  readonly folder: string;
  /** Imports go to lower ranks only. */
  readonly rank: number;
  /** Pure: no IO, clock, randomness, environment or network; `builtins` lists the Node modules that are pure functions. */
  readonly pure: boolean;
  readonly builtins: readonly string[] | 'all';
  /** Packages of the house that it may import. */
  readonly imports: readonly string[];
  readonly purpose: string;
}

export const PACKAGES: readonly PackageRule[] = [
  {
    name: 'versions',
    folder: 'packages/versions',
    rank: 0,
    pure: true,
    builtins: [],
    imports: [],
    purpose: 'version schemes: order, or a parse error',
  },
  {
    name: 'protocol',
    folder: 'packages/protocol',
    rank: 0,
    pure: true,
    builtins: ['node:crypto'],
    imports: [],
    purpose: 'what agent, server and console say to each other; signing and verifying',
  },
  {
    name: 'advisories',
    folder: 'packages/advisories',
    rank: 1,
    pure: true,
    builtins: ['node:crypto'],
    imports: ['versions'],
    purpose: 'normalised advisories, one folder per feed, matching, prioritising, VEX',
  },
  {
    name: 'upstream',
    folder: 'packages/upstream',
    rank: 1,
    pure: false,
    builtins: 'all',
    imports: [],
    purpose: 'asking other people’s servers within limits, and unpacking what they send within limits',
  },
  {
    name: 'sbom',
    folder: 'packages/sbom',
    rank: 2,
    pure: true,
    builtins: ['node:crypto'],
    imports: ['advisories', 'versions'],
    purpose: 'software composition: lock files, package databases, CycloneDX and SPDX in and out',
  },
  {
    name: 'feeds',
    folder: 'packages/feeds',
    rank: 2,
    pure: false,
    builtins: 'all',
    imports: ['advisories', 'protocol', 'upstream', 'versions'],
    purpose: 'getting advisories: fetch, commit, mirror, signed bundles, the local database',
  },
  {
    name: 'content',
    folder: 'packages/content',
    rank: 2,
    pure: false,
    builtins: 'all',
    imports: ['protocol', 'upstream'],
    purpose: 'patches once: repositories, verified and frozen; the content store; serving and relaying it',
  },
  {
    name: 'rollouts',
    folder: 'packages/rollouts',
    rank: 1,
    pure: true,
    builtins: [],
    imports: ['protocol', 'versions'],
    purpose: 'what happens next in a patch run, and in words why',
  },
  {
    name: 'drivers',
    folder: 'packages/drivers',
    rank: 3,
    pure: false,
    builtins: 'all',
    imports: ['protocol', 'sbom', 'versions'],
    purpose: 'platforms over one Host: inventory, plan, apply, verify, roll back',
  },
  {
    name: 'agent',
    folder: 'packages/agent',
    rank: 4,
    pure: false,
    builtins: 'all',
    imports: ['protocol', 'drivers', 'versions'],
    purpose: 'the endpoint: check in, take orders, apply, verify',
  },
  {
    name: 'server',
    folder: 'packages/server',
    rank: 4,
    pure: false,
    builtins: 'all',
    imports: ['protocol', 'advisories', 'content', 'feeds', 'rollouts', 'sbom', 'versions'],
    purpose: 'HTTP API, storage, reconciler; a folder per stage',
  },
  {
    name: 'console',
    folder: 'packages/console',
    rank: 4,
    pure: false,
    builtins: [],
    imports: ['protocol'],
    purpose: 'the web console',
  },
  {
    name: 'cli',
    folder: 'packages/cli',
    rank: 5,
    pure: false,
    builtins: 'all',
    imports: ['protocol', 'advisories', 'content', 'feeds', 'sbom', 'drivers', 'agent', 'server', 'versions'],
    purpose: 'the one command, `thimble`',
  },
  {
    name: 'lab',
    folder: 'lab',
    rank: 6,
    pure: false,
    builtins: 'all',
    imports: ['protocol', 'advisories', 'content', 'feeds', 'drivers', 'agent', 'server', 'console', 'cli', 'versions'],
    purpose: 'real endpoints for end-to-end tests and the demo',
  },
  {
    name: 'bench',
    folder: 'bench',
    rank: 7,
    pure: false,
    builtins: 'all',
    imports: [
      'protocol',
      'advisories',
      'content',
      'feeds',
      'sbom',
      'drivers',
      'agent',
      'server',
      'cli',
      'lab',
      'versions',
    ],
    purpose: 'benchmarks, each against a peer or a limit',
  },
];
