import { fnv1a } from '../random/fnv1a.ts';
import type { WorldEvent } from './world-event.ts';

/** What happened, as a number to compare and, where somebody wants to read it, as lines. */
export interface Trace {
  add(event: WorldEvent, atMs: number): void;
  readonly digest: string;
  readonly lines: readonly string[];
}

export function createTrace(keepLines: boolean): Trace {
  const lines: string[] = [];
  let [low, high] = [0x811c9dc5, 0x050c5d1f];
  let count = 0;
  return {
    add(event, atMs) {
      const line = `${atMs} ${inWords(event)}`;
      low = fnv1a(line, low);
      high = fnv1a(line, high ^ count);
      count += 1;
      if (keepLines && event.kind !== 'watermark')
        lines.push(`${new Date(atMs).toISOString().slice(5, 19).replace('T', ' ')}  ${inWords(event)}`);
    },
    get digest() {
      return `${hex(high)}${hex(low)}-${count}`;
    },
    lines,
  };
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

function inWords(event: WorldEvent): string {
  switch (event.kind) {
    case 'planned': {
      const waits = event.plan.assignments.map(({ wait }) => wait?.kind ?? '-');
      return `planned: ${event.plan.actions.map(({ kind }) => kind).join(' ')} | ${waits.join(' ')} ${event.problems.join('; ')}`;
    }
    case 'recorded':
      return `recorded ${event.endpointId.slice(-4)} ${event.orderId.slice(0, 8)} ${JSON.stringify(event.result)}`;
    case 'begun':
      return `begun ${event.endpointId.slice(-4)} ${event.orderId.slice(0, 8)} ${event.order}`;
    case 'issued':
      return `issued ${event.endpointId.slice(-4)} ${event.orderId.slice(0, 8)} ${event.order} until ${new Date(event.expiresAtMs).toISOString()}`;
    default:
      return JSON.stringify(event);
  }
}
