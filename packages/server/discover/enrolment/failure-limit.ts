import { isIPv6 } from 'node:net';

/** Nobody guesses 256 bits, but nobody shall keep the database busy with trying, nor fill the log. */
const FAILURES_PER_ADDRESS = 10;
const WINDOW_MS = 60_000;
/** Beyond it all addresses count as one. */
const ADDRESSES = 10_000;

export interface FailureLimit {
  readonly isBlocked: (address: string) => boolean;
  readonly note: (address: string) => void;
  readonly retryAfterSeconds: number;
}

/** Counts failed enrolments in fixed windows of a minute; good ones don't count, so a whole site can come from one address. */
export function createFailureLimit(clock: () => Date): FailureLimit {
  const failures = new Map<string, number>();
  let windowStartMs = 0;
  const turn = (): void => {
    const nowMs = clock().getTime();
    if (nowMs - windowStartMs < WINDOW_MS && nowMs >= windowStartMs) return;
    failures.clear();
    windowStartMs = nowMs;
  };
  const placeOf = (address: string): string => {
    const network = networkOf(address);
    return failures.size < ADDRESSES || failures.has(network) ? network : '';
  };
  return {
    retryAfterSeconds: WINDOW_MS / 1000,
    isBlocked: (address) => {
      turn();
      return (failures.get(placeOf(address)) ?? 0) >= FAILURES_PER_ADDRESS;
    },
    note: (address) => {
      turn();
      const place = placeOf(address);
      failures.set(place, (failures.get(place) ?? 0) + 1);
    },
  };
}

/** Whoever has one IPv6 address has at least the 2^64 of its /64. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - groups.length - after.length }, () => '0');
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}
