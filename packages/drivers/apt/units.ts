import { HostError, type Host } from '../host.ts';
import { DEADLINES } from './limits.ts';

export type FailedUnits =
  | { readonly known: true; readonly units: readonly string[] }
  | { readonly known: false; readonly why: string };

/** `systemctl list-units --state=failed` as JSON (systemd 246 and newer). */
export async function readFailedUnits(host: Host): Promise<FailedUnits> {
  if ((await host.stat('/run/systemd/system')) === null) return { known: true, units: [] };
  try {
    const result = await host.run(
      ['systemctl', 'list-units', '--all', '--state=failed', '--output=json', '--no-pager'],
      { deadlineMs: DEADLINES.queryMs },
    );
    if (result.exitCode !== 0) return { known: false, why: `systemctl: ${result.stderr.trim().slice(0, 500)}` };
    return parseFailedUnits(result.stdout);
  } catch (error) {
    if (error instanceof HostError) return { known: false, why: error.message };
    throw error;
  }
}

export function parseFailedUnits(text: string): FailedUnits {
  let rows: unknown;
  try {
    rows = JSON.parse(text);
  } catch {
    return { known: false, why: 'systemctl did not answer with JSON' };
  }
  if (!Array.isArray(rows)) return { known: false, why: 'systemctl did not answer with a list' };
  const units: string[] = [];
  for (const row of rows.slice(0, 1_000) as readonly unknown[]) {
    const unit = typeof row === 'object' && row !== null && 'unit' in row ? row.unit : undefined;
    if (typeof unit !== 'string') return { known: false, why: 'systemctl named a unit without a name' };
    units.push(unit.slice(0, 512));
  }
  return { known: true, units: units.sort() };
}
