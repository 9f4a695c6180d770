import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SILENT } from '../log.ts';
import { chooseVersion, confirmVersion, settleTrial, tryVersion } from './switch-version.ts';
import { NO_UPDATES, STARTS_MAX, type InstalledVersion, type UpdateState } from './update-state.ts';
import type { UpdateWorld } from './update-world.ts';

/** How the new version behaves, and what one touch of the world may end in. */
type Behaviour = 'works' | 'crashes' | 'hangs' | 'crashes-once';
type Fate = 'fine' | 'killed-before' | 'killed-after' | 'power-before' | 'power-after';

const OWN = '1.0.0';
const NEW: InstalledVersion = { version: '1.1.0', sha256: 'b'.repeat(64), sizeBytes: 1 };
/** More than all that can go wrong in one life. */
const STARTS_LIMIT = 80;

class Gone extends Error {
  readonly power: boolean;
  constructor(power: boolean) {
    super('gone');
    this.power = power;
  }
}

/** A machine with systemd: what ends is started again, timers live until the power goes. */
class Machine {
  state: UpdateState = NO_UPDATES;
  guarded = false;
  restartAsked = false;
  /** Versions in the order of their starts. */
  readonly started: string[] = [];
  readonly #fates: Fate[];
  readonly #behaviour: Behaviour;
  readonly #broken: ReadonlySet<string>;
  #clock = 0;

  constructor(behaviour: Behaviour, fates: readonly Fate[], broken: readonly string[] = []) {
    this.#behaviour = behaviour;
    this.#fates = [...fates];
    this.#broken = new Set(broken);
  }

  async #touch<T>(act: () => T): Promise<T> {
    await Promise.resolve();
    this.#clock += 1;
    const fate = this.#fates.shift() ?? 'fine';
    if (fate.endsWith('-before')) throw new Gone(fate === 'power-before');
    const result = act();
    if (fate.endsWith('-after')) throw new Gone(fate === 'power-after');
    return result;
  }

  readonly world: UpdateWorld = {
    exclusively: (act) => act(),
    read: () => this.#touch(() => this.state),
    write: (state) => this.#touch(() => void (this.state = state)),
    isWhole: ({ version }) => this.#touch(() => !this.#broken.has(version)),
    isIdle: () => Promise.resolve(true),
    armGuard: () => this.#touch(() => (this.guarded = true)),
    disarmGuard: () => this.#touch(() => void (this.guarded = false)),
    restart: () => this.#touch(() => void (this.restartAsked = true)),
    nowMs: () => this.#clock,
  };

  /** Until an agent runs quietly. @returns its version */
  async live(): Promise<string> {
    for (let starts = 0; starts < STARTS_LIMIT; starts += 1) {
      this.restartAsked = false;
      try {
        const chosen = await chooseVersion(this.world, OWN, SILENT);
        const running = chosen?.version ?? OWN;
        this.started.push(running);
        if (running === NEW.version && this.state.trial !== null) expect(this.guarded).toBe(true);
        if (!(await this.#run(running))) continue;
        // What the guard does after all is quiet.
        if (this.guarded) await settleTrial(this.world, 'too late', SILENT);
        if (!this.restartAsked) return running;
      } catch (error) {
        if (!(error instanceof Gone)) throw error;
        if (error.power) this.guarded = false;
      }
    }
    throw new Error('nothing ever runs quietly');
  }

  /** @returns false: it ended. */
  async #run(version: string): Promise<boolean> {
    if (version === NEW.version) {
      const times = this.started.filter((each) => each === version).length;
      if (this.#behaviour === 'crashes' || (this.#behaviour === 'crashes-once' && times === 1)) return false;
      if (this.#behaviour === 'hangs') {
        while (!this.restartAsked) await this.#guardFires();
        return false;
      }
      await confirmVersion(this.world, NEW.sha256, SILENT);
      return !this.restartAsked;
    }
    const { trial, givenUp, current } = this.state;
    if (trial !== null || givenUp.length > 0 || current !== null) return true;
    await tryVersion(this.world, NEW);
    return false;
  }

  /** Killed, it is started again by its timer; without power the new version is gone as well. */
  async #guardFires(): Promise<void> {
    if (!this.guarded) throw new Error('it hangs, and nobody looks after it');
    try {
      await settleTrial(this.world, 'too late', SILENT);
    } catch (error) {
      if (!(error instanceof Gone) || error.power) throw error;
    }
  }
}

const fates = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: fc.constant<Fate>('fine') },
    {
      weight: 3,
      arbitrary: fc.constantFrom<Fate>('killed-before', 'killed-after', 'power-before', 'power-after'),
    },
  ),
  { maxLength: 60 },
);

describe('whatever is killed and whenever the power goes', () => {
  test.each(['crashes', 'hangs'] as const)(
    'a version that %s gives way to the one before, and is not tried again',
    (behaviour) =>
      fc.assert(
        fc.asyncProperty(fates, async (given) => {
          const machine = new Machine(behaviour, given);
          expect(await machine.live()).toBe(OWN);
          expect(machine.state).toMatchObject({ current: null, trial: null, givenUp: [{ sha256: NEW.sha256 }] });
          expect(machine.started.filter((each) => each === NEW.version).length).toBeLessThanOrEqual(STARTS_MAX);
          await machine.live();
          expect(machine.started.at(-1)).toBe(OWN);
        }),
        { numRuns: 300 },
      ),
  );

  test('a version that works stays, or was given up and then does not run', () =>
    fc.assert(
      fc.asyncProperty(fates, async (given) => {
        const machine = new Machine('works', given);
        const running = await machine.live();
        const { current, trial, givenUp } = machine.state;
        expect(trial).toBeNull();
        if (running === NEW.version) expect([current?.sha256, givenUp]).toEqual([NEW.sha256, []]);
        else expect([current, givenUp.length]).toEqual([null, 1]);
      }),
      { numRuns: 300 },
    ));

  test('each single kill and each single loss of power alone does a working version no harm', async () => {
    for (const fate of ['killed-before', 'killed-after', 'power-before', 'power-after'] as const)
      for (let at = 0; at < 30; at += 1) {
        const machine = new Machine('works', [...Array<Fate>(at).fill('fine'), fate]);
        expect(await machine.live(), `${fate} at ${at}`).toBe(NEW.version);
        expect(machine.guarded, `${fate} at ${at}`).toBe(false);
      }
  });
});

describe('a start', () => {
  const proven: UpdateState = { ...NO_UPDATES, current: NEW };
  const choose = (machine: Machine, own = OWN, changes: Partial<UpdateWorld> = {}) =>
    chooseVersion({ ...machine.world, ...changes }, own, SILENT);

  function machineWith(state: UpdateState, broken: readonly string[] = []): Machine {
    const machine = new Machine('works', [], broken);
    machine.state = state;
    return machine;
  }

  test('one crash of a new version is forgiven', async () => {
    expect(await new Machine('crashes-once', []).live()).toBe(NEW.version);
  });

  test('runs the proven version, without a guard', async () => {
    const machine = machineWith(proven);
    expect(await choose(machine)).toEqual(NEW);
    expect(machine.guarded).toBe(false);
  });

  test('runs the package’s own program when that is as new', async () => {
    const machine = machineWith(proven);
    expect(await choose(machine, NEW.version)).toBeNull();
    expect(machine.state.current).toBeNull();
  });

  test('runs the package’s own program when the proven version is damaged', async () => {
    const machine = machineWith(proven, [NEW.version]);
    expect(await choose(machine)).toBeNull();
    expect(machine.state.current).toBeNull();
  });

  const newer = { version: '1.2.0', sha256: 'c'.repeat(64), sizeBytes: 1, starts: 0 };
  const trying: UpdateState = { ...proven, trial: newer };

  test('goes back to the proven version and not further when the trial is damaged', async () => {
    const machine = machineWith(trying, [newer.version]);
    expect(await choose(machine)).toEqual(NEW);
    expect(machine.state.givenUp).toMatchObject([{ version: '1.2.0', reason: 'its file is damaged' }]);
  });

  test('tries nothing while an order is under way', async () => {
    const machine = machineWith(trying);
    expect(await choose(machine, OWN, { isIdle: () => Promise.resolve(false) })).toEqual(NEW);
    expect(machine.state.trial?.starts).toBe(0);
  });

  test('tries nothing without a guard, and gives up after a while', async () => {
    const machine = machineWith(trying);
    const unguarded = { armGuard: () => Promise.resolve(false) };
    for (let n = 0; n <= STARTS_MAX; n += 1) expect(await choose(machine, OWN, unguarded)).toEqual(NEW);
    expect(machine.state).toMatchObject({ trial: null, current: NEW });
  });
});
