import {
  adviceForStatus,
  type Agents,
  ask,
  assertAllowed,
  createAgents,
  createTurns,
  printable,
  retryAfterMs,
  type Turns,
  UpstreamError,
} from '@thimble/upstream';
import type { IncomingMessage } from 'node:http';
import { type AcquirerSettings, ContentFault } from '../model/index.ts';
import { type Bandwidth, createBandwidth, type Wait } from './bandwidth.ts';
import { asContentFault } from './faults.ts';
import { createHostHealth, type HostHealth } from './host-health.ts';
import { ADDRESSES_LIMIT, type AcquireLimits } from './limits.ts';

/** What transfers share: connections, turns, pace, and what is known of the hosts. */
export interface Upstreams {
  readonly agents: Agents;
  readonly turns: Turns;
  readonly bandwidth: Bandwidth;
  readonly health: HostHealth;
  readonly limits: AcquireLimits;
  readonly wait: Wait;
  readonly now: () => number;
  readonly received: Map<string, number>;
  /** The addresses that may be asked, in their order. @throws ContentFault when there is none */
  readonly allowed: (name: string, urls: readonly URL[]) => readonly URL[];
  readonly open: (url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<Opened>;
}

export type Opened =
  | { readonly kind: 'answer'; readonly status: 200 | 206; readonly response: IncomingMessage }
  /** 416: it has fewer bytes than were asked for. */
  | { readonly kind: 'no-such-range' }
  /** 404 or 410. */
  | { readonly kind: 'absent'; readonly fault: ContentFault }
  | Failure;

export interface Failure {
  readonly kind: 'failed';
  readonly fault: ContentFault;
  /** Whether the same address may do better at another time. */
  readonly again: boolean;
}

export interface UpstreamsParts {
  readonly limits: AcquireLimits;
  readonly random: () => number;
  readonly wait: Wait;
  readonly clock: () => number;
}

export function createUpstreams(
  settings: AcquirerSettings,
  { limits, random, wait, clock }: UpstreamsParts,
): Upstreams {
  const agents = createAgents(settings);
  const addresses = { isConfigured: settings.isConfigured, isTrusted: settings.isConfigured };
  const health = createHostHealth({ ...limits, now: clock, random });

  return {
    agents,
    turns: createTurns(settings.perHost),
    bandwidth: createBandwidth(settings.bandwidthBytesPerSecond, clock, wait),
    health,
    limits,
    wait,
    now: clock,
    received: new Map(),
    allowed: (name, urls) => {
      const refusals: string[] = [];
      const found = urls.filter((url) => {
        try {
          assertAllowed(url, addresses);
          return true;
        } catch (error) {
          refusals.push(error instanceof Error ? error.message : String(error));
          return false;
        }
      });
      if (found.length === 0)
        throw new ContentFault('unreachable', `${name}: ${refusals[0] ?? 'no address is known where it could be had'}`);
      return found.slice(0, ADDRESSES_LIMIT);
    },
    open: async (url, headers, signal) => {
      try {
        const { response } = await ask(url, {
          addresses,
          agents,
          headers: { 'user-agent': settings.userAgent, accept: '*/*', 'accept-encoding': 'identity', ...headers },
          answerMs: limits.answerMs,
          signal,
        });
        return opened(url, response, health, settings.now);
      } catch (error) {
        signal.throwIfAborted();
        // A host that does not answer is left alone for a while; one that leads elsewhere is itself in order.
        const again = error instanceof UpstreamError && error.code !== 'refused';
        if (again) health.failed(url.host, null);
        return { kind: 'failed', fault: faultOf(error), again };
      }
    },
  };
}

function opened(url: URL, response: IncomingMessage, health: HostHealth, now: () => Date): Opened {
  const { statusCode: status = 0, headers } = response;
  if (status === 200 || status === 206) return { kind: 'answer', status, response };
  response.destroy();
  if (status === 416) return { kind: 'no-such-range' };
  const message = `${printable(url)} answers ${status}. ${adviceForStatus(status)}`;
  if (status === 404 || status === 410) return { kind: 'absent', fault: new ContentFault('missing', message) };
  const fault = new ContentFault('unreachable', message);
  const again = status === 429 || status >= 500;
  // 429 and 503 speak of the server, other answers of one file.
  const afterMs = retryAfterMs(headers['retry-after'], now().getTime());
  if (status === 429 || status === 503 || (again && afterMs !== null)) health.failed(url.host, afterMs);
  return { kind: 'failed', fault, again };
}

/** What went wrong with one address, as a fault. Errors that are none of upstream's or this machine's are thrown. */
export function faultOf(error: unknown): ContentFault {
  const fault = asContentFault(error);
  if (fault instanceof ContentFault) return fault;
  throw error;
}
