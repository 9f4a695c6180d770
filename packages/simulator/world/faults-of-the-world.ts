import type { Random } from '../random/random.ts';
import type { Machine } from './agent/machine.ts';
import type { Agent } from './agent/agent.ts';
import type { Scenario } from './scenario/scenario.ts';
import type { Server } from './server/server.ts';
import type { Timeline } from './timeline.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What happens to computers as long as faults happen: power, disks, servers. All of it is over when faults end. */
export function scheduleFaults(
  scenario: Scenario,
  timeline: Timeline,
  random: Random,
  things: {
    readonly machines: readonly Machine[];
    readonly agents: readonly Agent[];
    readonly servers: readonly Server[];
  },
): void {
  const { faults, startMs, faultsEndMs } = scenario;
  /** At random moments, so often on an average day. */
  function daily(perDay: number, act: () => void): void {
    if (perDay === 0) return;
    for (let atMs = startMs; ;) {
      atMs += Math.ceil((-Math.log(1 - random.next()) / perDay) * DAY_MS);
      if (atMs >= faultsEndMs) return;
      timeline.at(atMs, act);
    }
  }

  for (const machine of things.machines) {
    daily(faults.offPerDay, () => machine.powerOff(until(random.between(1, 72) * HOUR_MS)));
    daily(faults.diskFullPerDay, () => {
      machine.fillDisk(true);
      timeline.in(until(random.between(1, 12) * HOUR_MS), () => machine.fillDisk(false));
    });
    if (random.chance(faults.vanishes)) timeline.at(random.between(startMs, faultsEndMs), () => machine.powerOff(null));
  }
  if (faults.agentCrash > 0) for (const agent of things.agents) daily(2 * faults.agentCrash, () => agent.crash());
  for (const server of things.servers)
    daily(faults.serverDownPerDay, () => server.goDown(until(random.between(60_000, 3 * HOUR_MS))));

  function until(forMs: number): number {
    return Math.max(1000, Math.min(forMs, faultsEndMs - timeline.nowMs));
  }
}
