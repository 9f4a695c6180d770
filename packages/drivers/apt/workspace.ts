import type { Workspace } from '../driver.ts';
import type { SnapshotPlaces } from './content/own-words.ts';
import { HostError, type Host } from '../host.ts';
import { DEADLINES } from './limits.ts';

/** The driver's own apt: its lists and caches; sources, keyrings, proxies and preferences are the endpoint's. */
export interface AptWorkspace {
  readonly directory: string;
  readonly configuration: string;
  readonly lists: string;
  readonly archives: string;
  /** Options that hold for every call. */
  readonly options: readonly string[];
  /** Replaces the endpoint's own preferences; left out: those. */
  readonly preferences?: string;
  /** Its only source is a snapshot; left out: the endpoint's own repositories. */
  readonly snapshot?: SnapshotPlaces;
}

export const SYSTEM_LISTS = '/var/lib/apt/lists';

/**
 * `-c` is read after /etc/apt/apt.conf.d, so it has the last word (APT_CONFIG would be read before). Hooks of the
 * system are cleared for fetching only: what they do (package kit, app stream, update-notifier) concerns lists that we
 * don't touch. Those of dpkg stay, etckeeper and the like belong to an installation.
 */
export function aptConfiguration(directory: string): string {
  return `// Written by Thimble's apt driver; it is read after the system's own configuration.
Dir::State::lists "${directory}/lists";
Dir::Cache "${directory}/cache";
Dir::Cache::archives "${directory}/archives";
Dir::Cache::pkgcache "pkgcache.bin";
Dir::Cache::srcpkgcache "srcpkgcache.bin";
Acquire::Languages "none";
Acquire::GzipIndexes "false";
Acquire::Retries "1";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
// Without it apt-get update against a dead mirror exits with 0.
APT::Update::Error-Mode "any";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
// What a person may have allowed for his own calls is not allowed for ours: what is changed is what was approved.
APT::Get::Force-Yes "false";
APT::Get::allow-downgrades "false";
APT::Get::allow-remove-essential "false";
APT::Get::allow-change-held-packages "false";
APT::Get::List-Cleanup "true";
APT::Get::Show-User-Simulation-Note "false";
APT::Keep-Downloaded-Packages "true";
APT::Archives::MaxAge "0";
Dpkg::Use-Pty "0";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
// Packages files only: others (Contents, icons) are large and serve people who search.
#clear Acquire::IndexTargets;
Acquire::IndexTargets::deb::Packages {
  MetaKey "$(COMPONENT)/binary-$(ARCHITECTURE)/Packages";
  flatMetaKey "Packages";
  ShortDescription "Packages";
  Description "$(RELEASE)/$(COMPONENT) $(ARCHITECTURE) Packages";
  flatDescription "$(RELEASE) Packages";
  Optional "No";
};
`;
}

/** Makes what is missing. Cheap when all is there. */
export async function prepareWorkspace(host: Host, workspace: Workspace): Promise<AptWorkspace> {
  const { directory } = workspace;
  // apt's configuration files know no escape for these.
  if (!directory.startsWith('/') || /["\\\n]/.test(directory)) {
    throw new HostError('io', `the workspace's path can't be written into apt's configuration: ${directory}`);
  }
  const configuration = `${directory}/apt.conf`;
  const wanted = aptConfiguration(directory);
  const present = await host.readFile(configuration, { maxBytes: 65_536 });
  if (present?.toString('utf8') !== wanted) {
    for (const folder of ['lists/partial', 'cache', 'archives/partial']) {
      await host.makeDirectory(`${directory}/${folder}`);
    }
    await host.writeFile(configuration, wanted);
  }
  const sandbox = await sandboxOptions(host, directory);
  const ours = await hasLists(host, `${directory}/lists`);
  return {
    directory,
    configuration,
    lists: ours ? `${directory}/lists` : SYSTEM_LISTS,
    archives: `${directory}/archives`,
    options: sandbox,
  };
}

/** apt-get argv with our configuration. With no lists of our own yet, it reads the system's. */
export function aptGet(workspace: AptWorkspace, ...rest: readonly string[]): readonly string[] {
  const lists = workspace.lists === SYSTEM_LISTS ? ['-o', `Dir::State::lists=${SYSTEM_LISTS}`] : [];
  return ['apt-get', '-c', workspace.configuration, '-q', ...lists, ...workspace.options, ...rest];
}

async function hasLists(host: Host, directory: string): Promise<boolean> {
  return ((await host.listDirectory(directory)) ?? []).some((name) => /(^|_)(In)?Release$/.test(name));
}

/**
 * apt fetches as the user `_apt`, who must reach the lists. Below a directory of mode 0700 it can't, and apt would fail;
 * then root fetches (as apt itself falls back to for archives).
 */
async function sandboxOptions(host: Host, directory: string): Promise<readonly string[]> {
  if (!host.privileged) return [];
  const asRoot = ['-o', 'APT::Sandbox::User=root'];
  try {
    const probe = await host.run(
      [
        'setpriv',
        '--reuid=_apt',
        '--clear-groups',
        'test',
        '-x',
        `${directory}/lists`,
        '-a',
        '-x',
        `${directory}/archives`,
      ],
      { deadlineMs: DEADLINES.queryMs },
    );
    return probe.exitCode === 0 ? [] : asRoot;
  } catch (error) {
    if (error instanceof HostError) return asRoot;
    throw error;
  }
}
