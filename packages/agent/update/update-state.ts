import { compareVersions } from '@thimble/versions';

/** A program in the state's folder `update/versions/VERSION/`. */
export interface InstalledVersion {
  readonly version: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** A version that has not proven itself yet. */
export interface Trial extends InstalledVersion {
  /** How often it was started. */
  readonly starts: number;
}

/** A version that did not work here; it is not tried again. */
export interface GivenUp {
  readonly version: string;
  readonly sha256: string;
  readonly reason: string;
  /** Unix time. */
  readonly atMs: number;
}

/** Which version of the agent runs. One file, so that a change is either there or not. */
export interface UpdateState {
  readonly format: 1;
  /** Proven; null: the program that the package installed. */
  readonly current: InstalledVersion | null;
  readonly trial: Trial | null;
  /** The newest last. */
  readonly givenUp: readonly GivenUp[];
}

export const NO_UPDATES: UpdateState = { format: 1, current: null, trial: null, givenUp: [] };

/** A crash may be chance or a full disk, three in a row are not. */
export const STARTS_MAX = 3;
const GIVEN_UP_KEPT = 16;

/** Whether a version is worth a try: newer than the one that runs, and no try of it failed. */
export function isWanted(state: UpdateState, offered: Omit<InstalledVersion, 'sizeBytes'>, running: string): boolean {
  const newer = compareVersions('semver', offered.version, running) > 0;
  return newer && state.trial === null && !state.givenUp.some(({ sha256 }) => sha256 === offered.sha256);
}

export function beginTrial(state: UpdateState, version: InstalledVersion): UpdateState {
  return { ...state, trial: { ...version, starts: 0 } };
}

/** @returns null: there is nothing to prove. */
export function confirmTrial(state: UpdateState, sha256: string): UpdateState | null {
  const { trial } = state;
  if (trial?.sha256 !== sha256) return null;
  return { ...state, current: { version: trial.version, sha256, sizeBytes: trial.sizeBytes }, trial: null };
}

/** The way back: what ran before the trial runs again. */
export function giveUpTrial(state: UpdateState, reason: string, nowMs: number): UpdateState {
  const { trial } = state;
  if (trial === null) return state;
  const { version, sha256 } = trial;
  const given = { version, sha256, reason, atMs: nowMs };
  return { ...state, trial: null, givenUp: [...state.givenUp, given].slice(-GIVEN_UP_KEPT) };
}

/** The proven version is damaged: the packaged program is always there. */
export function dropCurrent(state: UpdateState): UpdateState {
  return { ...state, current: null };
}

/** The package was upgraded past what came by updates. @param own the packaged program's version */
export function forgetOlder(state: UpdateState, own: string): UpdateState {
  const isOlder = (version: InstalledVersion | null) =>
    version !== null && compareVersions('semver', version.version, own) <= 0;
  return {
    ...state,
    current: isOlder(state.current) ? null : state.current,
    trial: isOlder(state.trial) ? null : state.trial,
  };
}

/**
 * What a start runs: the trial, counted before it runs, unless it had its chances or an order is under way.
 *
 * @returns `run` null: the packaged program itself.
 */
export function chooseForStart(
  given: UpdateState,
  at: { readonly own: string; readonly isIdle: boolean; readonly nowMs: number },
): { readonly state: UpdateState; readonly run: InstalledVersion | null } {
  const state = forgetOlder(given, at.own);
  const { trial, current } = state;
  if (trial === null || !at.isIdle) return { state, run: current };
  if (trial.starts >= STARTS_MAX) {
    const reason = `it was started ${trial.starts} times and did not check in`;
    return { state: giveUpTrial(state, reason, at.nowMs), run: current };
  }
  const counted = { ...trial, starts: trial.starts + 1 };
  return { state: { ...state, trial: counted }, run: counted };
}
