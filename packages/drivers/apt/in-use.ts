import { createHash } from 'node:crypto';
import type { PackageInUse } from '@thimble/protocol';
import type { Workspace } from '../driver.ts';
import type { Host } from '../host.ts';
import { DPKG_STATUS_PATH } from './installed.ts';
import { type Reach, readReach } from './listening.ts';
import { READ_LIMITS } from './limits.ts';
import { ownersOf } from './owners.ts';
import type { ProcessScan, RunningProcess } from './processes.ts';

/** A command that has just begun (a cron job, apt itself) would make the document change with every check-in. */
const LEAST_AGE_SECONDS = 60;
/** USER_HZ, the unit of start times in proc_pid_stat(5); 100 on every architecture that Linux has. */
const TICKS_PER_SECOND = 100;
const NAMED_MAX = 8;
const PACKAGES_MAX = 10_000;

/** Which packages' code is loaded by processes that stay, and from where these can be reached. */
export async function packagesInUse(
  host: Host,
  workspace: Workspace,
  scan: ProcessScan,
): Promise<readonly PackageInUse[]> {
  const staying = await withoutNewcomers(host, scan.processes);
  const [reach, owners] = await Promise.all([
    readReach(
      host,
      staying.map(({ pid }) => pid),
    ),
    rememberedOwners(host, workspace, [...new Set(staying.flatMap(({ current }) => current))].sort()),
  ]);
  const found = new Map<string, { reach: Reach; commands: Set<string>; units: Set<string> }>();
  for (const { pid, command, unit, current } of staying)
    for (const name of new Set(current.flatMap((path) => owners.get(path) ?? []))) {
      const known = found.get(name) ?? {
        reach: 'none' as const,
        commands: new Set<string>(),
        units: new Set<string>(),
      };
      known.commands.add(command);
      if (unit !== null) known.units.add(unit);
      found.set(name, { ...known, reach: further(known.reach, reach.get(pid) ?? 'none') });
    }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, PACKAGES_MAX)
    .map(([name, use]) => ({
      package: name,
      reach: use.reach,
      commands: [...use.commands].sort().slice(0, NAMED_MAX),
      units: [...use.units].sort().slice(0, NAMED_MAX),
    }));
}

const ORDER: readonly Reach[] = ['none', 'loopback', 'beyond'];

function further(a: Reach, b: Reach): Reach {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

async function withoutNewcomers(host: Host, processes: readonly RunningProcess[]): Promise<readonly RunningProcess[]> {
  const uptime = await host.readFile('/proc/uptime', { maxBytes: READ_LIMITS.smallFileBytes });
  const upSeconds = Number.parseFloat(uptime?.toString('latin1') ?? '');
  // Without a clock to hold them against, all count.
  if (Number.isNaN(upSeconds)) return processes;
  const ages = await Promise.all(
    processes.map(async ({ pid }) => {
      const stat = await host.readFile(`/proc/${pid}/stat`, { maxBytes: READ_LIMITS.smallFileBytes }).catch(() => null);
      return stat === null ? null : upSeconds - startSeconds(stat.toString('latin1'));
    }),
  );
  return processes.filter((_, index) => {
    const age = ages[index];
    return age !== null && age !== undefined && !(age < LEAST_AGE_SECONDS);
  });
}

/** Field 22, `starttime`; the command in brackets may hold blanks and brackets itself. */
export function startSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[19] ?? Number.NaN) / TICKS_PER_SECOND;
}

interface Remembered {
  readonly identity: string;
  readonly owners: readonly (readonly [string, readonly string[]])[];
}

/** Asking dpkg takes a quarter of a second, so the answer is kept until packages or the files in use change. */
async function rememberedOwners(
  host: Host,
  workspace: Workspace,
  paths: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const place = `${workspace.directory}/in-use-owners.json`;
  const status = await host.stat(DPKG_STATUS_PATH);
  const identity = createHash('sha256')
    .update(JSON.stringify([status?.modifiedAtMs, status?.sizeBytes, paths]))
    .digest('hex');
  const kept = parseRemembered(await host.readFile(place, { maxBytes: READ_LIMITS.extendedStatesBytes }));
  if (kept?.identity === identity) return new Map(kept.owners);
  const owners = await ownersOf(host, paths);
  await host.writeFile(place, JSON.stringify({ identity, owners: [...owners] } satisfies Remembered));
  return owners;
}

function parseRemembered(data: Buffer | null): Remembered | null {
  if (data === null) return null;
  try {
    const value = JSON.parse(data.toString('utf8')) as Partial<Remembered>;
    return typeof value.identity === 'string' && Array.isArray(value.owners) ? (value as Remembered) : null;
  } catch {
    // Written half, or by another version: asked for anew.
    return null;
  }
}
