import { memoryBytes, processesBelow, sharedOutBytes } from './process-usage.ts';

const PERIOD_MS = 200;

export interface MemoryWatch {
  /** The largest resident size of the process itself, bytes, as the kernel counts it. */
  readonly ownPeakBytes: () => number;
  /** The largest sum of what all below it held together, bytes, as it was seen five times a second. */
  readonly belowPeakBytes: () => number;
  /** The largest sum of both, bytes. */
  readonly peakBytes: () => number;
  readonly stop: () => void;
}

/** Watches a process and all that it started until it is stopped. What the process had at its end is not lost. */
export function watchMemory(pid: number, periodMs = PERIOD_MS): MemoryWatch {
  let own = 0;
  let below = 0;
  let both = 0;
  const look = (): void => {
    try {
      own = Math.max(own, memoryBytes(pid, 'VmHWM'));
      const started = sharedOutBytes(processesBelow(pid));
      below = Math.max(below, started);
      both = Math.max(both, started + sharedOutBytes([pid]));
    } catch {
      // It ended between two looks.
    }
  };
  look();
  const timer = setInterval(look, periodMs);
  return {
    ownPeakBytes: () => own,
    belowPeakBytes: () => below,
    peakBytes: () => both,
    stop: () => clearInterval(timer),
  };
}
