import type { EndpointState, Gap, OrderKind, Wait } from '@thimble/protocol';
import { waitsInWords } from './explain-target.ts';
import { isSilent } from './patience.ts';

/** What is known of an endpoint at one moment. */
export interface EndpointFacts {
  /** All three documents are there and belong together. */
  readonly scanned: boolean;
  readonly gaps: readonly Gap[];
  readonly updateCount: number;
  readonly securityUpdateCount: number;
  readonly openFindingCount: number;
  readonly waits: readonly Wait[];
  /** dpkg was interrupted, or packages are not fully installed. */
  readonly broken: boolean;
  /** Which packages are not fully installed, as far as it is known. */
  readonly brokenPackages: readonly string[];
  /** An order that changes the endpoint and is under way. */
  readonly activeOrder: OrderKind | null;
  /** The newest order that changes endpoints failed: why; null when it did not. */
  readonly failure: string | null;
}

/**
 * The state of an endpoint that answers, and why. What is worst and sure comes before what is unknown; what is unknown
 * comes before every good word. Silence comes before all: see `endpointState`.
 */
export function endpointCondition(facts: EndpointFacts): {
  readonly state: Exclude<EndpointState, 'stale'>;
  readonly explanation: string;
} {
  const { updateCount, securityUpdateCount, waits, gaps } = facts;
  if (facts.activeOrder !== null)
    return { state: 'patching', explanation: `an order is under way: ${ACTIVE[facts.activeOrder]}` };
  const unfinished = facts.broken || updateCount > 0 || waits.length > 0;
  if (facts.failure !== null && (unfinished || !facts.scanned))
    return { state: 'failed', explanation: `the last order failed: ${facts.failure}` };
  if (!facts.scanned)
    return { state: 'unknown', explanation: 'not scanned yet: it has not reported all its documents' };
  if (facts.broken) return { state: 'failed', explanation: brokenInWords(facts.brokenPackages) };
  if (waits.length > 0) {
    const pending = securityUpdateCount > 0 ? `; ${updates(securityUpdateCount, 'security ')} pending too` : '';
    return { state: 'waits', explanation: `${waitsInWords(waits, 'waits-for-restart')}${pending}` };
  }
  const unknown = gaps.length > 0 ? `; unknown: ${gapsInWords(gaps)}` : '';
  if (securityUpdateCount > 0)
    return { state: 'exposed', explanation: `${updates(securityUpdateCount, 'security ')} pending${unknown}` };
  if (facts.openFindingCount > 0)
    return {
      state: 'exposed',
      explanation: `${facts.openFindingCount} ${facts.openFindingCount === 1 ? 'finding is' : 'findings are'} open, and its repositories offer no fix now${unknown}`,
    };
  if (gaps.length > 0) return { state: 'unknown', explanation: `unknown: ${gapsInWords(gaps)}` };
  if (updateCount > 0)
    return { state: 'pending', explanation: `${updates(updateCount, '')} pending, none of them for security` };
  return { state: 'current', explanation: 'current: nothing is pending and nothing runs replaced code' };
}

/** An endpoint's state now. Silence wins: what was true three check-ins ago may not be true any more. */
export function endpointState(
  condition: ReturnType<typeof endpointCondition>,
  lastSeenAtMs: number | null,
  checkInIntervalMs: number,
  nowMs: number,
): { readonly state: EndpointState; readonly explanation: string } {
  if (!isSilent(lastSeenAtMs, checkInIntervalMs, nowMs)) return condition;
  const since =
    lastSeenAtMs === null
      ? 'it was enrolled'
      : `${new Date(lastSeenAtMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return {
    state: 'stale',
    explanation: `the endpoint has not answered since ${since}; before that: ${condition.explanation}`,
  };
}

const ACTIVE: Readonly<Record<OrderKind, string>> = {
  scan: 'it scans itself',
  plan: 'it computes a transaction',
  apply: 'it installs an approved transaction',
  rollback: 'it goes back to the versions before',
  'restart-services': 'it restarts services',
  reboot: 'it reboots',
  'pre-stage': 'it fetches the files of a transaction ahead',
  trial: 'it tries a transaction on a clone of itself',
};

function updates(count: number, kind: string): string {
  return `${count} ${kind}${count === 1 ? 'update' : 'updates'}`;
}

/** Nothing repairs them by itself, so it says who can. */
function brokenInWords(packages: readonly string[]): string {
  const [first, ...rest] = packages;
  const more = packages.length > 10 ? ` and ${packages.length - 10} more` : '';
  const what =
    first === undefined
      ? 'the package manager was interrupted'
      : rest.length === 0
        ? `package ${first} is not fully installed`
        : `packages ${packages.slice(0, 10).join(', ')}${more} are not fully installed`;
  const them = packages.length > 1 ? 'them' : 'it';
  return `${what}: run "dpkg --configure -a" there, or patch it (an order repairs ${them} first)`;
}

function gapsInWords(gaps: readonly Gap[]): string {
  const first = gaps.slice(0, 3).map(({ what, why }) => `${what} (${why})`);
  return `${first.join('; ')}${gaps.length > 3 ? ` and ${gaps.length - 3} more` : ''}`;
}
