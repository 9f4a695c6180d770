import type { GateWait, Wait } from './wait.ts';

/** Of a message inside a sentence; the endpoint's own page has all of it. */
const FAILURE_CHARACTERS = 200;

/** A moment in the words of whoever reads: the zone and the form are the caller's. */
export type MomentWords = (atMs: number) => string;

export const IN_UTC: MomentWords = (atMs) => `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** What an endpoint waits for, as the rest of a sentence: `waits for its window Saturday night, 2026-05-02 22:00 UTC`. */
export function waitInWords(wait: Wait, moment: MomentWords = IN_UTC): string {
  switch (wait.kind) {
    case 'approval':
      return `waits until ${people(wait.missing)} ${wait.missing === 1 ? 'approves' : 'approve'} the ${wait.of}`;
    case 'halted':
      return `the rollout was halted by ${wait.by}: ${wait.why}`;
    case 'cancelled':
      return 'the rollout was cancelled';
    case 'ring':
      return `waits for ring ${wait.ring}: ${gateInWords(wait.why, moment)}${expected(wait.untilMs, moment)}`;
    case 'hold':
      return `is held: ${wait.why}${until(wait.untilMs, moment)}`;
    case 'offline':
      return wait.sinceMs === null ? 'never answered' : `is off since ${moment(wait.sinceMs)}`;
    case 'busy':
      return `is busy with ${wait.with}`;
    case 'plan':
      return 'works out its exact transaction';
    case 'trial':
      return 'waits for a trial on a clone';
    case 'trial-failed':
      return `its trial failed: ${wait.why}`;
    case 'blocked':
      return `its transaction has recalled packages: ${wait.packages.join(', ')}; retry asks for one without`;
    case 'window':
      return `waits for its window ${wait.window}${from(wait.untilMs, moment)}`;
    case 'blackout':
      return `nothing begins in ${wait.calendar}${until(wait.untilMs, moment)}`;
    case 'no-window':
      return `needs ${lengthInWords(wait.neededMs)}, and its longest window to come has ${lengthInWords(wait.longestMs)}: lengthen the window`;
    case 'budget':
      return `waits for the budget of ${budgetInWords(wait.per, wait.group)}: ${wait.out} of ${wait.atMost} are out${expected(wait.untilMs, moment)}`;
    case 'at-once':
      return `waits for its turn: ${wait.out} of ${wait.atMost} of its ring are worked on${expected(wait.untilMs, moment)}`;
    case 'working':
      return `works on its order (${wait.order}) since ${moment(wait.sinceMs)}`;
    case 'quarantine':
      return `is in quarantine: ${wait.why}`;
    case 'held':
      return wait.why;
    case 'consent':
      return `is installed; people there are asked whether it may reboot, since ${moment(wait.sinceMs)}`;
    case 'reboot-window':
      return `is installed; waits for a window to reboot${from(wait.untilMs, moment)}`;
    case 'reboot-stagger':
      return `is installed; waits until others have rebooted${until(wait.untilMs, moment)}`;
    case 'reboot-rule':
      return 'is installed; what it still needs the policy leaves to people';
    case 'retry':
      return `failed ${wait.attempts} ${wait.attempts === 1 ? 'time' : 'times'}: ${wait.why}; tries again${from(wait.untilMs, moment)}`;
    case 'failed':
      return `${wait.unknown ? 'unknown, which counts as failed' : 'failed'}: ${wait.why}`;
  }
}

/** Why a ring has not passed its gate. */
export function gateInWords(why: GateWait, moment: MomentWords = IN_UTC): string {
  switch (why.kind) {
    case 'not-begun':
      return 'it has not begun';
    case 'patching':
      return `${why.done} of ${why.of} are through`;
    case 'soak':
      return `it is watched until ${moment(why.untilMs)}`;
    case 'success-rate':
      return `${why.percent} % succeeded, ${why.needed} % are needed`;
    case 'failures':
      return `${why.count} failed, at most ${why.atMost} may: ${failuresInWords(why)}`;
    case 'too-few':
      return `${why.patched} ${why.patched === 1 ? 'was' : 'were'} really patched, ${why.needed} ${why.needed === 1 ? 'is' : 'are'} needed, or somebody skips its gate`;
    case 'probe':
      return `probe ${why.probe}: ${why.message}`;
    case 'approval':
      return `waits until ${people(why.missing)} ${why.missing === 1 ? 'approves' : 'approve'}`;
  }
}

function failuresInWords({
  first: [one = '', ...others],
  why,
  count,
}: Extract<GateWait, { kind: 'failures' }>): string {
  const named = [why === '' ? one : `${one} (${why.slice(0, FAILURE_CHARACTERS)})`, ...others];
  return `${named.join(', ')}${count > named.length ? ' ...' : ''}`;
}

function budgetInWords(per: string, group: string): string {
  return per === 'all' ? 'all' : `${per} ${group}`;
}

function people(count: number): string {
  return count === 1 ? 'one person' : `${count} people`;
}

/** As a policy writes it: `1d 12h`, `30m`. */
export function lengthInWords(lengthMs: number): string {
  const minutes = Math.ceil(lengthMs / 60_000);
  const parts = [
    [Math.floor(minutes / 1440), 'd'],
    [Math.floor(minutes / 60) % 24, 'h'],
    [minutes % 60, 'm'],
  ] as const;
  const words = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return words.length === 0 ? '0m' : words.join(' ');
}

function until(atMs: number | null, moment: MomentWords): string {
  return atMs === null ? '' : `, until ${moment(atMs)}`;
}

function from(atMs: number | null, moment: MomentWords): string {
  return atMs === null ? '' : `, ${moment(atMs)}`;
}

function expected(atMs: number | null, moment: MomentWords): string {
  return atMs === null ? '' : `, by the plan ${moment(atMs)}`;
}
