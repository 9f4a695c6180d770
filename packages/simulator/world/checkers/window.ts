import type { WindowRule } from '@thimble/rollouts';
import type { Scenario, ScenarioEndpoint } from '../scenario/scenario.ts';
import type { Checker } from './checker.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Between an endpoint's idea of the time and the truth, when it has heard from the server: see the agent's tolerated skew. */
const TOLERATED_MS = 31_000;

/** Nothing is begun but in a window, early enough that it can end in it, by the true time. */
export const windowChecker: Checker = {
  name: 'window',
  watch({ scenario, ledger, complain }) {
    const { policy, faults } = scenario;
    const toleratedMs = TOLERATED_MS + 3 * faults.delayMs;
    const expectedMs = policy.deploy.expectedDurationMs ?? 0;
    return (event, nowMs) => {
      if (policy.windows.length === 0) return;
      if (event.kind === 'begun' && event.order === 'apply') {
        const leftMs = windowLeftMs(ledger.endpoint(event.endpointId), scenario, nowMs, toleratedMs);
        if (leftMs === null) complain(`${event.orderId} began outside of every window`);
        else if (leftMs < expectedMs - toleratedMs)
          complain(
            `${event.orderId} began ${leftMs / 60_000} minutes before its window ends, and takes ${expectedMs / 60_000}`,
          );
      }
      if (event.kind === 'rebooted') {
        const issuedAtMs = ledger.order(event.orderId)?.issuedAtMs ?? nowMs;
        const leftMs = windowLeftMs(ledger.endpoint(event.endpointId), scenario, issuedAtMs, toleratedMs);
        if (leftMs === null) complain(`${event.endpointId} rebooted outside of every window`);
      }
    };
  },
};

/** How long the window that is open still lasts; null: none is open. */
function windowLeftMs(
  endpoint: ScenarioEndpoint | undefined,
  { policy }: Scenario,
  nowMs: number,
  toleratedMs: number,
): number | null {
  if (endpoint === undefined) return null;
  let left: number | null = null;
  for (const rule of policy.windows) {
    const sinceMs = sinceStartMs(rule, endpoint.zoneOffsetHours, nowMs + toleratedMs);
    if (sinceMs !== null && sinceMs < rule.durationMs + 2 * toleratedMs)
      left = Math.max(left ?? 0, rule.durationMs - sinceMs + toleratedMs);
  }
  return left;
}

/** Since a daily or a Wednesday's window began last, by arithmetic alone: the zones of these worlds have no daylight saving. */
function sinceStartMs(rule: WindowRule, zoneOffsetHours: number, nowMs: number): number {
  const offsetMs = rule.timeZone === 'endpoint' ? zoneOffsetHours * HOUR_MS : 0;
  const [hours = 0, minutes = 0] = rule.at.split(':').map(Number);
  const localMs = nowMs + offsetMs - hours * HOUR_MS - minutes * 60_000;
  const day = Math.floor(localMs / DAY_MS);
  // 1970-01-01 was a Thursday: a day's number is one more than a multiple of seven less one on Wednesdays.
  const daysBack = rule.rrule === 'FREQ=DAILY' ? 0 : (day - 6 + 7 * 10_000) % 7;
  return localMs - (day - daysBack) * DAY_MS;
}
