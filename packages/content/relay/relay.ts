import { join } from 'node:path';
import type { RelayHello } from '@thimble/protocol';
import { createAcquirer } from '../acquire/index.ts';
import { openFolderStore } from '../store/index.ts';
import { type ContentHandler, createContentHandler } from '../serving/index.ts';
import { type Admission, createAdmission } from './admission.ts';
import { createFindFile } from './find-file.ts';
import { createKnownAddresses } from './known-addresses.ts';
import { openRelayCache } from './relay-cache.ts';
import { openRelayDatabase } from './relay-database.ts';
import { RelayError } from './relay-error.ts';
import { openServerLink, type ServerLinkSettings } from './server-link.ts';
import { createUsageBook } from './usage-book.ts';

export interface RelaySettings extends ServerLinkSettings {
  /** Cache and database. */
  readonly directory: string;
  readonly version: string;
  /** Where endpoints reach it. */
  readonly url: string;
  /** Of its own certificate, DER. */
  readonly certificateSha256: string;
  readonly cacheLimitBytes: number;
  /** From the server, for all together; null: no limit. */
  readonly bandwidthBytesPerSecond: number | null;
  /** The disk keeps so much free space. */
  readonly reserveBytes: number;
  readonly now: () => Date;
  /** The link came or went; what went wrong on this side. */
  readonly onEvent: (event: RelayEvent) => void;
}

export type RelayEvent =
  | { readonly kind: 'link-up'; readonly name: string }
  | { readonly kind: 'link-down'; readonly error: RelayError }
  | { readonly kind: 'failed'; readonly error: unknown; readonly what: string };

export interface RelayStatus {
  /** null: never heard of the server. */
  readonly name: string | null;
  readonly linkUp: boolean;
  readonly requests: number;
  /** Who may not read, what is not there or was recalled, addresses that can be read in two ways. */
  readonly refused: number;
  readonly hits: number;
  readonly servedBytes: number;
  readonly fetchedBytes: number;
  readonly cacheBytes: number;
  readonly objects: number;
}

/** A resource: close it. */
export interface Relay {
  readonly handle: ContentHandler;
  /** Says hello now. @returns whether the server answered */
  hello(): Promise<boolean>;
  /** Since it started. */
  status(): RelayStatus;
  close(): Promise<void>;
}

const HELLO_MS = 60_000;
/** After a hello that failed: a link that is back is noticed soon. */
const RETRY_MS = 10_000;
/** What was counted is written down so often; a kill loses no more. */
const FLUSH_MS = 5_000;
/** From one server: endpoints that ask for many different files at once must not wait for one large one. */
const TRANSFERS_AT_ONCE = 8;

/**
 * A cache near endpoints. It needs no trust: what it serves is checked by those who get it, and what it stores is checked against the
 * digest that the server said. It knows who may read from its server's last welcome, and goes on with it when the link is down.
 *
 * @throws RelayError `bad-database`; StoreError
 */
export async function openRelay(settings: RelaySettings): Promise<Relay> {
  const { now, onEvent } = settings;
  const database = openRelayDatabase(join(settings.directory, 'relay.db'));
  const store = await openFolderStore(join(settings.directory, 'content'));
  const admission = createAdmission(database, now);
  const cache = openRelayCache(database, store, settings.cacheLimitBytes, now);
  const book = createUsageBook(database, now);
  const link = openServerLink(settings);
  const acquirer = await createAcquirer(
    {
      userAgent: `thimble-relay/${settings.version}`,
      proxy: null,
      ...(settings.ca === null ? {} : { ca: settings.ca }),
      bandwidthBytesPerSecond: settings.bandwidthBytesPerSecond,
      perHost: TRANSFERS_AT_ONCE,
      reserveBytes: settings.reserveBytes,
      isConfigured: ({ origin }) => origin === settings.upstream.origin,
      now,
      onStored: async ({ sha256, sizeBytes }) => cache.added(sha256, sizeBytes),
    },
    store,
  );
  const totals = { requests: 0, refused: 0, hits: 0, servedBytes: 0, fetchedBytes: 0 };
  const closing = new AbortController();
  let linkUp = true;
  const startedAt = now();

  const handle = createContentHandler({
    store,
    authorise: admission.admit,
    resolve: createFindFile({
      admission,
      addresses: createKnownAddresses(database),
      cache,
      acquirer,
      link,
      isLinkUp: () => linkUp,
      onFetched: (address, { organisationId, site }, fetchedBytes) => {
        totals.fetchedBytes += fetchedBytes;
        const revisionId = address.kind === 'revision' ? address.revisionId : null;
        const entry = { site, revisionId, requests: 0, hits: 0, servedBytes: 0, fetchedBytes };
        count(organisationId, entry);
      },
    }),
    onServed: ({ principal: { organisationId, site }, address, sha256, sentBytes, hit }) => {
      totals.requests += 1;
      totals.hits += hit ? 1 : 0;
      totals.servedBytes += sentBytes;
      if (sha256 !== null) cache.used(sha256);
      const revisionId = address.kind === 'revision' ? address.revisionId : null;
      const entry = { site, revisionId, requests: 1, hits: hit ? 1 : 0, servedBytes: sentBytes, fetchedBytes: 0 };
      count(organisationId, entry);
    },
    onRefused: () => {
      totals.refused += 1;
    },
    onError: (error) => onEvent({ kind: 'failed', error, what: 'serving' }),
  });
  const count = (
    organisationId: string | null,
    entry: Omit<Parameters<typeof book.count>[0], 'organisationId'>,
  ): void => {
    // Who asks an open relay is not known; it counts for the relay's own organisation.
    const counted = organisationId ?? admission.welcome()?.organisationIds[0];
    if (counted !== undefined) book.count({ ...entry, organisationId: counted });
  };

  const sayHello = async (): Promise<boolean> => {
    try {
      cache.flush();
      const report = book.report();
      const { bytes, objects } = cache.totals();
      const welcome = await link.hello({
        version: settings.version,
        url: settings.url,
        certificateSha256: settings.certificateSha256,
        startedAt: startedAt.toISOString(),
        cacheBytes: bytes,
        cacheLimitBytes: settings.cacheLimitBytes,
        objectCount: objects,
        freeBytes: (await store.space())?.freeBytes ?? null,
        ...report,
      } satisfies RelayHello);
      const first = admission.welcome() === null;
      admission.accept(welcome);
      book.acknowledge(welcome.acknowledgedSequence);
      if (!linkUp || first) onEvent({ kind: 'link-up', name: welcome.name });
      linkUp = true;
      return true;
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      if (linkUp && !closing.signal.aborted) onEvent({ kind: 'link-down', error });
      linkUp = false;
      return false;
    }
  };
  const hellos = sayHellos(sayHello, closing.signal, (error) => onEvent({ kind: 'failed', error, what: 'hello' }));
  const flushing = setInterval(() => {
    cache.flush();
    book.flush();
  }, FLUSH_MS);

  return {
    handle,
    hello: sayHello,
    status: () => {
      const { bytes: cacheBytes, objects } = cache.totals();
      return { name: nameOf(admission), linkUp, ...totals, cacheBytes, objects };
    },
    close: async () => {
      closing.abort();
      clearInterval(flushing);
      await acquirer.close();
      link.close();
      await hellos;
      await cache.settled();
      cache.flush();
      book.flush();
      database.close();
    },
  };
}

function nameOf(admission: Admission): string | null {
  return admission.welcome()?.name ?? null;
}

async function sayHellos(
  hello: () => Promise<boolean>,
  signal: AbortSignal,
  onError: (error: unknown) => void,
): Promise<void> {
  while (!signal.aborted) {
    const answered = await hello().catch((error: unknown) => {
      onError(error);
      return false;
    });
    await pause(answered ? HELLO_MS : RETRY_MS, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => {
    clearTimeout(timer);
    resolve();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return promise;
}
