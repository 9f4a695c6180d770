import type { StaleProcess } from '@thimble/protocol';
import type { Host } from '../host.ts';
import { ownersOf } from './owners.ts';
import type { ProcessScan } from './processes.ts';

const PROCESSES_MAX = 1_000;

/** The processes that still run replaced code, with the packages that the code came from. */
export async function staleProcesses(host: Host, scan: ProcessScan): Promise<readonly StaleProcess[]> {
  const stale = scan.processes.filter((each) => each.replaced.length > 0).slice(0, PROCESSES_MAX);
  const owners = await ownersOf(host, [...new Set(stale.flatMap((each) => each.replaced))]);
  return stale.map((each) => ({
    pid: each.pid,
    command: each.command,
    unit: each.unit,
    files: each.replaced.slice(0, 256).map((file) => file.slice(0, 512)),
    packages: [...new Set(each.replaced.flatMap((file) => owners.get(file) ?? []))].sort().slice(0, 64),
  }));
}
