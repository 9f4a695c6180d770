import type { CommandResult, Host } from '../host.ts';
import { classifyAptError, type AptError } from './apt-errors.ts';
import { DEADLINES } from './limits.ts';
import { aptGet, type AptWorkspace } from './workspace.ts';

/** One line of a dry run, apt-get(8) `--simulate`. */
export type SimulatedStep =
  | {
      readonly kind: 'install';
      readonly name: string;
      readonly architecture: string;
      readonly from: string | null;
      readonly to: string;
    }
  | { readonly kind: 'remove'; readonly name: string; readonly architecture: string | null; readonly from: string };

export type Simulation =
  | { readonly ok: true; readonly steps: readonly SimulatedStep[] }
  | { readonly ok: false; readonly error: AptError };

/** Options of every dry run and of the installation that follows it, so that both resolve alike. */
export const RESOLVER_OPTIONS = [
  '--no-install-recommends',
  '-o',
  'APT::Get::AutomaticRemove=false',
  '-o',
  'APT::Get::Upgrade-Allow-New=true',
] as const;

export async function simulate(
  host: Host,
  workspace: AptWorkspace,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<Simulation> {
  const result = await host.run(aptGet(workspace, '--simulate', ...RESOLVER_OPTIONS, ...args), {
    deadlineMs: DEADLINES.simulateMs,
    ...(signal === undefined ? {} : { signal }),
  });
  return readSimulation(result);
}

/** A dry run that was cut, stopped or did not end well is no dry run. */
export function readSimulation(result: CommandResult): Simulation {
  if (result.exitCode !== 0 || result.truncated || result.stopped !== null) {
    const said =
      result.stopped === null ? `${result.stderr}\n${unmet(result.stdout)}` : `E: stopped: ${result.stopped}`;
    return { ok: false, error: classifyAptError(said, 'unsatisfiable') };
  }
  const steps = parseSimulation(result.stdout);
  return typeof steps === 'string'
    ? {
        ok: false,
        error: { code: 'unsupported', message: `apt's dry run has a line that is not understood: ${steps}` },
      }
    : { ok: true, steps };
}

const INST = /^Inst (\S+?)(?::([a-z0-9-]+))?(?: \[(\S+)\])? \((\S+) (?:.* )?\[([a-z0-9-]+)\]\)/;
const REMV = /^(?:Remv|Purg) (\S+?)(?::([a-z0-9-]+))? \[(\S+)\]/;

/** The steps, or the first line that should have been one and can't be read. */
export function parseSimulation(stdout: string): readonly SimulatedStep[] | string {
  const steps: SimulatedStep[] = [];
  for (const line of stdout.split('\n')) {
    if (line.startsWith('Inst ')) {
      const match = INST.exec(line);
      const [, name, , from, to, architecture] = match ?? [];
      if (name === undefined || to === undefined || architecture === undefined) return line.slice(0, 500);
      steps.push({ kind: 'install', name, architecture, from: from ?? null, to });
    } else if (line.startsWith('Remv ') || line.startsWith('Purg ')) {
      const [, name, architecture, from] = REMV.exec(line) ?? [];
      if (name === undefined || from === undefined) return line.slice(0, 500);
      steps.push({ kind: 'remove', name, architecture: architecture ?? null, from });
    }
  }
  return steps;
}

/** The part of the human output that explains a refusal. */
function unmet(stdout: string): string {
  const at = stdout.indexOf('The following packages have unmet dependencies:');
  if (at === -1) return '';
  return stdout
    .slice(at)
    .split('\n')
    .slice(0, 20)
    .map((line) => `E: ${line.trim()}`)
    .join('\n');
}
