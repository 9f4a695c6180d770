import type { Slot } from '@thimble/rollouts';

/** How full a window was. */
export interface Load {
  readonly window: string;
  readonly policy: string;
  readonly startMs: number;
  readonly endMs: number;
  installations: number;
  reboots: number;
  atOnce: number;
  bytes: number;
}

export interface WindowLoads {
  /** Something begins; `atOnce`: how many of this policy are worked on then, itself included. */
  begins(
    policy: string,
    window: Slot['window'],
    nowMs: number,
    what: 'installation' | 'reboot',
    atOnce: number,
    bytes: number,
  ): void;
  readonly all: readonly Load[];
}

const DAY_MS = 86_400_000;

export function createWindowLoads(): WindowLoads {
  const loads = new Map<string, Load>();
  return {
    begins(policy, window, nowMs, what, atOnce, bytes) {
      const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
      const { name, startMs, endMs } = window ?? { name: 'any time', startMs: dayMs, endMs: dayMs + DAY_MS };
      const key = `${policy}\n${name}\n${startMs}`;
      const load = loads.get(key) ?? newLoad(name, policy, startMs, endMs);
      loads.set(key, load);
      if (what === 'installation') load.installations += 1;
      else load.reboots += 1;
      load.atOnce = Math.max(load.atOnce, atOnce);
      load.bytes += bytes;
    },
    get all() {
      return [...loads.values()].sort((a, b) => a.startMs - b.startMs || (a.policy < b.policy ? -1 : 1));
    },
  };
}

function newLoad(window: string, policy: string, startMs: number, endMs: number): Load {
  return { window, policy, startMs, endMs, installations: 0, reboots: 0, atOnce: 0, bytes: 0 };
}
