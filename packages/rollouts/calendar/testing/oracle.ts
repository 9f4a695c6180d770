import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureTools } from '@thimble/lab';

export interface OracleCase {
  readonly rrule: string;
  readonly shiftDays: number;
  readonly from: string;
  /** After midnight, local. */
  readonly minutes: number;
  readonly zone: string;
  readonly except: readonly string[];
}

export type ZoneChange = readonly [seconds: number, before: number, after: number];

export interface OracleAnswers {
  /** By zone: when its offset changes, from what and to what: Unix seconds, seconds, seconds. */
  readonly changes: Readonly<Record<string, readonly ZoneChange[]>>;
  /** For each case: Unix seconds. */
  readonly starts: readonly (readonly number[])[];
}

/** The modules as Debian brings them, seen from the folders of commands. */
const MODULES = new Map([
  ['../lib/python3/dist-packages/dateutil', 'python3-dateutil'],
  ['../share/zoneinfo/Europe/Berlin', 'tzdata'],
]);
/** python's own idea of what it may take; a daily rule takes it 80 ms. */
const TIMEOUT_MS = 120_000;

/** A python that has dateutil and zoneinfo, installed by root where it is missing; null, and said loudly, where it can't be. */
export async function pythonWithCalendars(): Promise<string | null> {
  const found = () =>
    ['python3', '/usr/bin/python3'].find(
      (python) =>
        spawnSync(python, ['-c', 'import dateutil.rrule, zoneinfo; zoneinfo.ZoneInfo("Europe/Berlin")']).status === 0,
    ) ?? null;
  if (found() === null && process.getuid?.() === 0) await ensureTools(MODULES).catch(() => undefined);
  const python = found();
  if (python === null)
    process.stderr.write(
      '\n!!! SKIPPED: windows against dateutil and zoneinfo: python3-dateutil and tzdata are not there !!!\n\n',
    );
  return python;
}

/** What python answers for local dates from the beginning of one year to the beginning of another. */
export function askOracle(
  python: string,
  question: {
    readonly years: readonly [number, number];
    readonly zones: readonly string[];
    readonly cases: readonly OracleCase[];
  },
): OracleAnswers {
  const { status, stdout, stderr } = spawnSync(python, [join(import.meta.dirname, 'oracle.py')], {
    input: JSON.stringify(question),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    timeout: TIMEOUT_MS,
  });
  if (status !== 0) throw new Error(`python gave ${status}: ${stderr}`);
  return JSON.parse(stdout) as OracleAnswers;
}
