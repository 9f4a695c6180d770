import type { LiveEvent, OrderProgress } from '@thimble/protocol';
import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { keys } from './keys.ts';
import { fileAddress } from './organisation-here.ts';

export type LiveState = 'connecting' | 'live' | 'lost';

/** A step of an order as it arrived, with the browser's own time, to be held against that of a fetched run. */
export interface ReceivedProgress {
  readonly progress: OrderProgress;
  readonly receivedAtMs: number;
}

/** The server's live events: they refresh what is cached, and progress is kept beside it. */
export interface LiveFeed {
  start(): void;
  stop(): void;
  subscribe(listener: () => void): () => void;
  state(): LiveState;
  /** A new map whenever any progress came. Keys are endpoint ids. */
  progress(): ReadonlyMap<string, ReceivedProgress>;
}

/** Many endpoints report at once after a change; one refetch for each kind of thing in this time is enough. */
const REFRESH_INTERVAL_MS = 1000;
/** The browser connects again by itself, but not after an error reply, which a server that starts may give. */
const REOPEN_MS = 3000;
const KINDS: readonly LiveEvent['kind'][] = [
  'endpoint-changed',
  'run-changed',
  'rollout-changed',
  'policies-changed',
  'progress',
  'approvals-changed',
  'evidence-changed',
  'vulnerabilities-changed',
  'feed-changed',
  'content-changed',
  'resync',
];

export function createLiveFeed(client: QueryClient, now: () => number = Date.now): LiveFeed {
  let source: EventSource | undefined;
  let state: LiveState = 'connecting';
  let progress: ReadonlyMap<string, ReceivedProgress> = new Map();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;
  let wasLost = false;
  const due = new Map<string, QueryKey>();
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());

  const refresh = (): void => {
    timer = undefined;
    const asked = [...due.values()];
    due.clear();
    for (const queryKey of asked) void client.invalidateQueries({ queryKey });
    // Who asks for the first time is not asked again by this: what arrives may be from before the change.
    schedule(asked.filter((queryKey) => isFirstFetch(client, queryKey)));
  };
  const schedule = (queryKeys: readonly QueryKey[]): void => {
    for (const queryKey of queryKeys) due.set(JSON.stringify(queryKey), queryKey);
    if (due.size === 0) return;
    timer ??= setTimeout(refresh, REFRESH_INTERVAL_MS);
  };
  const setState = (next: LiveState): void => {
    if (state === next) return;
    state = next;
    tell();
  };
  const receive = (message: MessageEvent<string>): void => {
    const event = JSON.parse(message.data) as LiveEvent;
    if (event.kind === 'progress') {
      const held = progress.get(event.endpointId);
      if (held?.progress.orderId === event.progress.orderId && held.progress.sequence > event.progress.sequence) return;
      progress = new Map(progress).set(event.endpointId, { progress: event.progress, receivedAtMs: now() });
      tell();
    } else {
      schedule(affectedBy(event));
    }
  };

  const open = (): void => {
    if (source !== undefined) return;
    source = new EventSource(fileAddress('/events'));
    source.onopen = () => {
      setState('live');
      // What happened in between was missed, or between the first answers and this moment.
      if (wasLost) void client.invalidateQueries();
      else void client.invalidateQueries({ predicate: ({ state: { data } }) => data !== undefined });
      wasLost = false;
    };
    source.onerror = () => {
      wasLost = true;
      setState('lost');
      if (source?.readyState !== EventSource.CLOSED) return;
      source = undefined;
      // Perhaps the session has ended, which fetching it again shows.
      schedule([keys.session]);
      reopening = setTimeout(open, REOPEN_MS);
    };
    for (const kind of KINDS) source.addEventListener(kind, receive);
  };

  return {
    start: open,
    stop: () => {
      source?.close();
      source = undefined;
      clearTimeout(timer);
      clearTimeout(reopening);
      timer = undefined;
      due.clear();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    state: () => state,
    progress: () => progress,
  };
}

function isFirstFetch(client: QueryClient, queryKey: QueryKey): boolean {
  return client
    .getQueryCache()
    .findAll({ queryKey })
    .some(({ state }) => state.data === undefined && state.fetchStatus === 'fetching');
}

export function affectedBy(event: Exclude<LiveEvent, { kind: 'progress' }>): readonly QueryKey[] {
  switch (event.kind) {
    case 'endpoint-changed':
      return [keys.endpoint(event.endpointId), keys.endpoints, keys.overview, keys.updates, keys.waitingEndpoints];
    case 'run-changed':
      return [keys.run(event.runId), keys.runs, keys.overview];
    case 'rollout-changed':
      return [keys.rollout(event.rolloutId), keys.rollouts, keys.policies];
    case 'policies-changed':
      return [keys.policies];
    case 'approvals-changed':
      return [keys.approvals];
    case 'evidence-changed':
      return [keys.evidence];
    case 'vulnerabilities-changed':
      return [keys.vulnerabilities, keys.risk, keys.gaps, keys.nextPatches, keys.exceptions];
    case 'feed-changed':
      return [keys.feeds];
    case 'content-changed':
      return [keys.content];
    case 'resync':
      return [[]];
  }
}
