import { readFile } from 'node:fs/promises';
import type { SimulateReply, SimulateRequest } from '@thimble/protocol';
import { parsePolicyText, type Policy } from '@thimble/rollouts';
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
  const result = await simulateApart(cli, { ...input, policies: named(given) });
  if (other === undefined) return { result, compared: null };
  const before = await simulateApart(cli, { ...input, policies: named(instead(given, other)) });
  return { result, compared: { result: before, comparison: compareSimulations(before, result) } };
}

function named(policies: readonly Policy[]): SimulationInput['policies'] {
  return policies.map((policy) => ({ id: policy.name, policy }));
}

function instead(policies: readonly Policy[], others: readonly Policy[]): readonly Policy[] {
  const names = new Set(others.map(({ name }) => name));
  const kept = policies.filter(({ name }) => !names.has(name));
  // Another name for one policy is meant to take its place, too.
  return policies.length === 1 ? others : [...kept, ...others];
}

function parseAll({ terminal }: Cli, files: readonly PolicyFile[]): readonly Policy[] {
  const policies: Policy[] = [];
  for (const { file, text } of files) {
    const parsed = parsePolicyText(text);
    showProblems(terminal, file, parsed.ok ? [] : parsed.problems, parsed.ok ? parsed.warnings : []);
    if (!parsed.ok) throw new CliError('policy-invalid', `${file} is no valid policy`);
    policies.push(parsed.policy);
  }
  return policies;
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
