import type { Log } from '../log.ts';
import {
  beginTrial,
  chooseForStart,
  confirmTrial,
  dropCurrent,
  giveUpTrial,
  type InstalledVersion,
} from './update-state.ts';
import type { UpdateWorld } from './update-world.ts';

/** Beyond these a start runs the packaged program: the trial and the version before it may both be damaged. */
const CHOICES_MAX = 3;

/**
 * Which version this start runs; the packaged program asks at each of its own starts, before anything else. A trial runs
 * only when its start is counted and the guard is armed: whatever the new version does, somebody brings the old one back.
 *
 * @param own the packaged program's version
 * @returns null: go on as what is running already.
 */
export async function chooseVersion(world: UpdateWorld, own: string, log: Log): Promise<InstalledVersion | null> {
  return world.exclusively(async () => {
    for (let choice = 0; choice < CHOICES_MAX; choice += 1) {
      const before = await world.read();
      const { state, run } = chooseForStart(before, { own, isIdle: await world.isIdle(), nowMs: world.nowMs() });
      if (JSON.stringify(state) !== JSON.stringify(before)) await world.write(state);
      if (run === null) return null;
      const onTrial = state.trial?.sha256 === run.sha256;
      if (!(await world.isWhole(run))) {
        log.error(`version ${run.version} of the agent is damaged: the one before it is started`);
        await world.write(onTrial ? giveUpTrial(state, 'its file is damaged', world.nowMs()) : dropCurrent(state));
        continue;
      }
      if (!onTrial || (await world.armGuard())) return run;
      log.error(`version ${run.version} of the agent is not tried: no guard can be set up for it`);
      return state.current !== null && (await world.isWhole(state.current)) ? state.current : null;
    }
    return null;
  });
}

/** A verified program is to be run from the next start on. */
export async function tryVersion(world: UpdateWorld, version: InstalledVersion): Promise<void> {
  await world.exclusively(async () => world.write(beginTrial(await world.read(), version)));
}

/**
 * The server answered a signed check-in of this version: it stays. Where the guard was faster, this version has been
 * given up, and makes room.
 */
export async function confirmVersion(world: UpdateWorld, sha256: string, log: Log): Promise<void> {
  const outcome = await world.exclusively(async () => {
    const state = await world.read();
    const confirmed = confirmTrial(state, sha256);
    if (confirmed !== null) {
      await world.write(confirmed);
      return 'confirmed';
    }
    return state.current?.sha256 === sha256 ? 'known' : 'given-up';
  });
  if (outcome === 'confirmed') log.info('this version of the agent works and stays');
  // Also when it was confirmed before a crash: a guard that fires later finds nothing to do, but is not needed.
  if (outcome !== 'given-up') return world.disarmGuard();
  log.warn('this version of the agent was given up: the one before it is started');
  await world.restart();
}

/**
 * What the guard does when its time is over, again and again until somebody disarms it: a trial that is not proven by now
 * never will be. The new start is asked for first and waits for us: in the other order a crash between the two would
 * leave a version at work that nobody looks after.
 */
export async function settleTrial(world: UpdateWorld, reason: string, log: Log): Promise<void> {
  await world.exclusively(async () => {
    const state = await world.read();
    if (state.trial === null) return;
    log.warn(`version ${state.trial.version} of the agent is given up: ${reason}`);
    await world.restart();
    await world.write(giveUpTrial(state, reason, world.nowMs()));
  });
  await world.disarmGuard();
}
