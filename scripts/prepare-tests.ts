/**
 * What the stages `lab` and `browser` need from this machine, made while the cheaper stages run, so that a fresh machine
 * does not wait for downloads with idle processors. Each part does nothing when its result is there already.
 *
 *     node scripts/prepare-tests.ts packages|builds|bases [STAGE...]
 *
 * Whatever fails here fails again, with its test, in the stage that needs it; here it is only told.
 */
import { setPriority } from 'node:os';
import { ensureChromium } from '@thimble/console/testing';
import { ensureBase, ensureTools, labAvailability, type BaseName } from '@thimble/lab';
import { ensureBuilt } from './build.ts';

type Part = readonly [name: string, make: () => unknown];

/** Those that lab tests stand on, in the order in which they are needed. */
const BASES: readonly BaseName[] = ['web', 'kernel', 'server', 'bullseye'];

/**
 * `packages` changes what is installed on this machine, which unit tests look at, and `builds` what they may use: both
 * must be over before they begin. `bases` touches only the lab's own cache.
 */
function partsOf(phase: string | undefined, stages: readonly string[]): readonly Part[] {
  const lab = stages.includes('lab') && labAvailability().available;
  if (phase === 'bases') return lab ? BASES.map((base): Part => [`base ${base}`, () => ensureBase(base)]) : [];
  if (phase === 'builds') return [['console and agent', ensureBuilt]];
  return [
    ...(lab ? [['tools of the lab', ensureTools] as const] : []),
    ...(stages.includes('browser') ? [['Chromium', ensureChromium] as const] : []),
  ];
}

/** Tests that run beside the bases come first; nice(1). */
const NICENESS = 10;

const [phase, ...stages] = process.argv.slice(2);
if (phase === 'bases') setPriority(NICENESS);
for (const [name, make] of partsOf(phase, stages)) {
  const startedMs = Date.now();
  try {
    await make();
    const seconds = (Date.now() - startedMs) / 1000;
    if (seconds >= 1) process.stdout.write(`· ${name} (${seconds.toFixed(1)} s)\n`);
  } catch (error) {
    process.stdout.write(`· ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
