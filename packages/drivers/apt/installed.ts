import { HostError, type Host } from '../host.ts';
import { parseDpkgStatus, parseExtendedStates, type DpkgPackage, type DpkgStatus } from '../dpkg-status.ts';
import { READ_LIMITS } from './limits.ts';

export const DPKG_STATUS_PATH = '/var/lib/dpkg/status';

/** What dpkg and apt say is installed. @throws HostError when there is no readable dpkg database. */
export interface Installed extends DpkgStatus {
  /** The architecture of dpkg itself. */
  readonly native: string;
  isAutomatic(each: Pick<DpkgPackage, 'name' | 'architecture'>): boolean;
  /** The package of that name and architecture; `all` and the native one are one place, they replace each other. */
  find(name: string, architecture: string): DpkgPackage | undefined;
}

export async function readInstalled(host: Host, conffilesOf?: (name: string) => boolean): Promise<Installed> {
  const [status, extended] = await Promise.all([
    host.readFile(DPKG_STATUS_PATH, { maxBytes: READ_LIMITS.dpkgStatusBytes }),
    host.readFile('/var/lib/apt/extended_states', { maxBytes: READ_LIMITS.extendedStatesBytes }),
  ]);
  if (status === null) throw new HostError('not-found', `${DPKG_STATUS_PATH} is not there: no dpkg on this machine`);
  return installedFrom(status.toString('latin1'), extended?.toString('latin1') ?? '', conffilesOf);
}

/** @param status dpkg's status file, and @param extended apt's extended_states, both as latin1. */
export function installedFrom(status: string, extended: string, conffilesOf?: (name: string) => boolean): Installed {
  const parsed = parseDpkgStatus(status, conffilesOf);
  const automatic = parseExtendedStates(extended);
  const native = parsed.packages.find((each) => each.name === 'dpkg')?.architecture ?? 'all';
  let byKey: Map<string, DpkgPackage> | undefined;
  const place = (name: string, architecture: string) => `${name}:${architecture === 'all' ? native : architecture}`;
  return {
    ...parsed,
    native,
    isAutomatic: ({ name, architecture }) => automatic.has(place(name, architecture)),
    find(name, architecture) {
      byKey ??= new Map(parsed.packages.map((each) => [place(each.name, each.architecture), each]));
      return byKey.get(place(name, architecture));
    },
  };
}
