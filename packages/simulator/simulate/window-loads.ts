import type { Slot } from '@thimble/rollouts';

/** How full a window was. */
export interface Load {
  readonly window: string;
  readonly policy: string;
  readonly startMs: number;
  readonly endMs: number;
  installations: number;
  reboots: number;
  /** Most that were worked on at one moment. */
  atOnce: number;
  bytes: number;
}

export interface WindowLoads {
  begins(work: BegunWork): void;
  readonly all: readonly Load[];
}

export interface BegunWork {
  readonly policy: string;
  /** null: any time; then a day of UTC stands for it. */
  readonly window: Slot['window'];
  readonly nowMs: number;
  readonly what: 'installation' | 'reboot';
  /** How many endpoints of this rollout are worked on then, this one included. */
  readonly atOnce: number;
  readonly bytes: number;
}

const DAY_MS = 86_400_000;

export function createWindowLoads(): WindowLoads {
  const loads = new Map<string, Load>();
  return {
    begins({ policy, window, nowMs, what, atOnce, bytes }) {
      const dayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
      const { name, startMs, endMs } = window ?? { name: 'any time', startMs: dayMs, endMs: dayMs + DAY_MS };
      const key = `${policy}\n${name}\n${startMs}`;
      const none = { installations: 0, reboots: 0, atOnce: 0, bytes: 0 };
      const load: Load = loads.get(key) ?? { window: name, policy, startMs, endMs, ...none };
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
