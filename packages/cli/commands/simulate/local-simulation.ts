import { readFile } from 'node:fs/promises';
import type { SimulateReply, SimulateRequest } from '@thimble/protocol';
import { parsePolicyText } from '@thimble/rollouts';
import { compareSimulations, parseFleet, type SimulationInput } from '@thimble/simulator';
import { CliError } from '../../cli-error.ts';
import type { Cli } from '../../cli.ts';
import { EXIT } from '../../exit-codes.ts';
import { printable } from '../../terminal/index.ts';
import { type PolicyFile, readPolicyFiles } from '../policies/policy-files.ts';
import { showProblems } from '../policies/policy-view.ts';
import { simulateApart } from './simulate-apart.ts';

export interface LocalSimulation {
  readonly fleet: string;
  /** Files. */
  readonly policies: readonly string[];
  /** File of the policy that takes the place of its namesake; undefined: nothing is compared. */
  readonly compareWith: string | undefined;
  readonly assumptions: Pick<SimulateRequest, 'days' | 'startAt' | 'faultsSeed' | 'updatesPerWeek' | 'whatIf'>;
}

/** Larger files are no fleet. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A simulation of a fleet in a file; no server takes part. */
export async function simulateLocally(
  cli: Cli,
  { fleet, policies, compareWith, assumptions }: LocalSimulation,
): Promise<SimulateReply> {
  const given = parseAll(cli, await readPolicyFiles(policies));
  const other = compareWith === undefined ? undefined : parseAll(cli, await readPolicyFiles([compareWith]));
  const { days, startAt, faultsSeed, updatesPerWeek, whatIf } = assumptions;
  const input: Omit<SimulationInput, 'policies' | 'limits'> = {
    ...(await readFleet(cli, fleet)),
    startMs: startAt === undefined ? cli.now().getTime() : Date.parse(startAt),
    days,
    whatIf: whatIf ?? [],
    updatesPerWeek: updatesPerWeek ?? 0,
    faultsSeed: faultsSeed ?? null,
  };
  const result = await simulateApart(cli, { ...input, policies: given });
  if (other === undefined) return { result, compared: null };
  const before = await simulateApart(cli, { ...input, policies: instead(given, other) });
  return { result, compared: { result: before, comparison: compareSimulations(before, result) } };
}

type Policies = SimulationInput['policies'];

function instead(policies: Policies, others: Policies): Policies {
  const [only, ...more] = policies;
  const [other, ...rest] = others;
  // Another name for one policy is meant to take its place, too: with its id, so that nobody changes rings by the name alone.
  if (only !== undefined && other !== undefined && more.length + rest.length === 0) return [{ ...other, id: only.id }];
  const ids = new Set(others.map(({ id }) => id));
  return [...policies.filter(({ id }) => !ids.has(id)), ...others];
}

function parseAll({ terminal }: Cli, files: readonly PolicyFile[]): Policies {
  const policies = new Map<string, Policies[number]>();
  for (const { file, text } of files) {
    const parsed = parsePolicyText(text);
    showProblems(terminal, file, parsed.ok ? [] : parsed.problems, parsed.ok ? parsed.warnings : []);
    if (!parsed.ok) throw new CliError('policy-invalid', `${file} is no valid policy`);
    const { name } = parsed.policy;
    if (policies.has(name))
      throw new CliError('policy-invalid', `${file}: there is a policy ${name} before it already`);
    policies.set(name, { id: name, policy: parsed.policy });
  }
  return [...policies.values()];
}

async function readFleet({ terminal }: Cli, file: string): ReturnType<typeof fleetOf> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new CliError('not-read', `${file} can't be read: ${cause.message}`, { cause, exitCode: EXIT.usage });
  });
  if (bytes.length > MOST_BYTES) throw new CliError('fleet-invalid', `${file} is too large for a fleet`);
  return fleetOf(bytes.toString(), file, (line) => terminal.note(line));
}

async function fleetOf(text: string, file: string, note: (line: string) => void) {
  const parsed = parseFleet(jsonOf(text, file));
  if (parsed.ok) return parsed.fleet;
  for (const { path, message } of parsed.problems)
    note(printable(`${file}${path === '' ? '' : `#${path}`}: ${message}`));
  throw new CliError('fleet-invalid', `${file} is no fleet as it has to be`, {
    hint: 'The form is described in docs/simulation.md.',
  });
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CliError('fleet-invalid', `${file} is no JSON: ${String(cause)}`, { cause });
  }
}
