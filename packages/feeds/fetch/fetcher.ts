import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Feed, type FeedDocument, FeedError, type FeedRequest } from '@thimble/advisories';
import { type AgentsSettings, createAgents, createTurns } from '@thimble/upstream';
import { documentFromFile } from '../documents/index.ts';
import type { Validator } from '../store.ts';
import { addressOf, baseAddress, type BaseAddresses } from './address.ts';
import { type Answer, attempt, type AttemptOptions } from './attempt.ts';
import { fileAnswer } from './file-answer.ts';
import {
  ANSWER_MS,
  ATTEMPTS_LIMIT,
  type FetchLimits,
  FIRST_WAIT_MS,
  IDLE_MS,
  PER_HOST_LIMIT,
  TOTAL_MS,
} from './limits.ts';
import { createPace } from './pace.ts';

/** Of the files that downloads are written to. */
const PREFIX = 'fetch-';

export interface FetcherSettings extends BaseAddresses, AgentsSettings {
  /** Folder for downloads, which are removed when they have been read. */
  readonly temporaryDirectory: string;
  /** `Thimble/0.1.0`: upstreams want to know who asks. */
  readonly userAgent: string;
  readonly limits?: Partial<FetchLimits>;
  /** Waits between attempts, milliseconds; replaced in tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly now?: () => number;
}

export type Fetched =
  | {
      readonly kind: 'document';
      readonly document: FeedDocument;
      /** The packed bytes as they came. */
      readonly path: string;
      /** Other than the request's when the transfer itself was packed. */
      readonly packing: FeedRequest['packing'];
      readonly bytes: number;
      readonly validator: Validator;
      readonly remove: () => Promise<void>;
    }
  /** It is what it was when the validator was given. */
  | { readonly kind: 'unchanged' }
  /** There is no such document, and the request allows for that. */
  | { readonly kind: 'absent' };

export interface FetchOptions {
  /** From the last time; null: fetch it in any case. */
  readonly validator: Validator | null;
  readonly signal: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

export interface Fetcher {
  /** @throws FeedError; the signal's reason */
  readonly fetch: (
    feed: Pick<Feed, 'id' | 'baseUrl' | 'pace'>,
    request: FeedRequest,
    options: FetchOptions,
  ) => Promise<Fetched>;
  readonly close: () => void;
}

/**
 * Gets documents from upstreams, mirrors and folders: conditional, limited in time, bytes, redirects and attempts, never from
 * https down to http, never to private addresses that were not configured. With a proxy, which resolves names itself, only
 * addresses given in figures can be refused as private.
 *
 * @throws FeedError `unsupported` for a base address that is none
 */
export function createFetcher(settings: FetcherSettings): Fetcher {
  for (const address of [...settings.baseUrls.values(), ...(settings.mirror === null ? [] : [settings.mirror])])
    baseAddress(address);
  const limits = { answerMs: ANSWER_MS, idleMs: IDLE_MS, totalMs: TOTAL_MS, ...settings.limits };
  const agents = createAgents(settings);
  const turns = createTurns(PER_HOST_LIMIT);
  let ready: Promise<void> | undefined;
  const paceMs = createPace(settings.now ?? Date.now);
  const wait = settings.wait ?? ((ms, signal) => sleep(ms, undefined, { signal }));

  return {
    fetch: async (feed, request, options) => {
      const address = addressOf(feed, request, settings);
      await (ready ??= prepare(settings.temporaryDirectory));
      const { signal: caller, validator, onBytes = () => undefined } = options;
      const attemptOptions: Omit<AttemptOptions, 'signal'> = {
        request,
        validator,
        agents,
        limits,
        onBytes,
        userAgent: settings.userAgent,
        newPath: () => join(settings.temporaryDirectory, `${PREFIX}${randomUUID()}`),
      };
      const answer = await turns(address.url.host, async () => {
        const total = AbortSignal.timeout(limits.totalMs);
        const timed = { ...attemptOptions, signal: AbortSignal.any([caller, total]) };
        const once = (): Promise<Answer> =>
          address.url.protocol === 'file:' ? fileAnswer(address, timed) : attempt(address, timed);
        try {
          return await persistently(
            once,
            (ms) => wait(ms, caller),
            () => paceMs(feed.id, feed.pace),
          );
        } catch (error) {
          caller.throwIfAborted();
          if (!total.aborted) throw error;
          throw new FeedError('unreachable', `${request.path} did not arrive within ${limits.totalMs / 1000} s`);
        }
      });
      return fetched(request, answer);
    },
    close: agents.close,
  };
}

/** A process that was killed leaves its downloads behind; whatever is so old belongs to none that runs. */
const LEFT_BEHIND_MS = 24 * 3_600_000;

async function prepare(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const name of await readdir(directory)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(directory, name);
    const status = await stat(path).catch(() => null);
    if (status !== null && Date.now() - status.mtimeMs > LEFT_BEHIND_MS) await rm(path, { force: true });
  }
}

async function persistently(
  once: () => Promise<Answer>,
  wait: (ms: number) => Promise<unknown>,
  paceMs: () => number,
): Promise<Exclude<Answer, { kind: 'again' }>> {
  for (let count = 1; ; count += 1) {
    const turnMs = paceMs();
    if (turnMs > 0) await wait(turnMs);
    const answer = await once();
    if (answer.kind !== 'again') return answer;
    if (count >= ATTEMPTS_LIMIT) throw answer.error;
    await wait(answer.afterMs ?? FIRST_WAIT_MS * 4 ** (count - 1));
  }
}

function fetched(request: FeedRequest, answer: Exclude<Answer, { kind: 'again' }>): Fetched {
  if (answer.kind !== 'file') return answer;
  const { path, bytes, validator, packing } = answer;
  return {
    kind: 'document',
    document: documentFromFile(path, request, packing),
    path,
    packing,
    bytes,
    validator,
    remove: () => rm(path, { force: true }),
  };
}
