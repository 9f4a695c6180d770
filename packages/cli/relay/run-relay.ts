import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { openRelay, type Relay, RelayError, type RelayEvent, type RelayStatus, StoreError } from '@thimble/content';
import { fingerprint, loadSelfSigned, ownNames, readIfPresent, TlsError, writePrivateFile } from '@thimble/server/tls';
import { CliError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { fetchPinnedCa } from '../client/index.ts';
import { formatBytes } from '../terminal/index.ts';
import { VERSION } from '../version.ts';
import { listen } from './listen.ts';

export interface RelayPlan {
  readonly upstream: URL;
  readonly token: string;
  /** null: the server's certificate is of an authority that everybody trusts. */
  readonly caFingerprint: string | null;
  /** null: all addresses of this machine. */
  readonly host: string | null;
  readonly port: number;
  readonly directory: string;
  readonly cacheLimitBytes: number;
  readonly publicUrl: URL | null;
  readonly bandwidthBytesPerSecond: number | null;
}

/** Fetching stops here, so that the machine's other programs can still write. */
const RESERVE_BYTES = 512 * 1024 * 1024;
const STATUS_MS = 2_000;
/** In a service's log. */
const NOTE_MS = 3_600_000;

/** Runs a relay until Ctrl-C or SIGTERM; answers that are under way then may end. @throws CliError, ConnectionError */
export async function runRelay(cli: Cli, plan: RelayPlan): Promise<void> {
  const { terminal } = cli;
  const tls = await explained(() => certificateOf(cli, plan));
  const ca = plan.caFingerprint === null ? null : await authorityOf(plan, plan.caFingerprint);
  const port = await listen({ host: plan.host, port: plan.port, ...tls });
  let relay: Relay | undefined;
  try {
    const url = plan.publicUrl?.origin ?? `https://${hostname().toLowerCase()}:${port.number}`;
    relay = await explained(() =>
      openRelay({
        ...plan,
        ca,
        version: VERSION,
        url,
        certificateSha256: fingerprint(tls.certificate),
        reserveBytes: RESERVE_BYTES,
        now: cli.now,
        onEvent: (event) => terminal.note(sentence(event)),
      }),
    );
    port.answer(relay.handle);
    terminal.note(`This relay serves ${url} for ${plan.upstream.origin}; cache in ${plan.directory}.`);
    await untilStopped(cli, relay);
  } finally {
    terminal.status('');
    if (cli.signal.aborted) terminal.note('Stopping …');
    await port.drain();
    await relay?.close();
  }
}

/** Shows how it goes: on a terminal all the time, in a log each hour. */
async function untilStopped({ terminal, signal }: Cli, relay: Relay): Promise<void> {
  const showing = setInterval(() => terminal.status(healthLine(relay.status())), STATUS_MS);
  const noting = setInterval(() => terminal.note(healthLine(relay.status())), NOTE_MS);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(showing);
  clearInterval(noting);
}

/** `bern · link up · 1200 requests, 93 % from the cache · 3 refused · 4.2 GB served, 310 MB fetched · 12 GB kept in 800 files` */
export function healthLine(status: RelayStatus): string {
  const { requests, refused, hits, servedBytes, fetchedBytes, cacheBytes, objects } = status;
  const ratio =
    requests === 0
      ? 'nothing asked yet'
      : `${requests} requests, ${Math.floor((100 * hits) / requests)} % from the cache`;
  return [
    status.name ?? 'not welcomed yet',
    status.linkUp ? 'link up' : 'LINK DOWN',
    ratio,
    ...(refused === 0 ? [] : [`${refused} refused`]),
    `${formatBytes(servedBytes)} served, ${formatBytes(fetchedBytes)} fetched`,
    `${formatBytes(cacheBytes)} kept in ${objects} files`,
  ].join(' · ');
}

function sentence(event: RelayEvent): string {
  switch (event.kind) {
    case 'link-up':
      return `The server answers; this relay is ${event.name}.`;
    case 'link-down':
      return `No link to the server: ${event.error.message} What is cached is served on.`;
    case 'failed':
      return `${event.what} failed: ${event.error instanceof Error ? event.error.message : String(event.error)}`;
  }
}

async function certificateOf(
  cli: Cli,
  { directory, publicUrl }: RelayPlan,
): Promise<{ readonly certificate: string; readonly key: string }> {
  return loadSelfSigned(join(directory, 'tls', 'relay.pem'), {
    names: ownNames(publicUrl?.origin),
    now: cli.now(),
    random: randomBytes,
  });
}

/** The pinned certificate is kept: a relay that starts while the link is down knows whom to wait for. */
async function authorityOf({ directory, upstream }: RelayPlan, pinned: string): Promise<string> {
  const path = join(directory, 'tls', 'server-ca.pem');
  const kept = await readIfPresent(path);
  if (kept !== undefined && isOf(kept, pinned)) return kept;
  const fetched = await fetchPinnedCa(upstream, pinned);
  await writePrivateFile(path, fetched);
  return fetched;
}

function isOf(pem: string, pinned: string): boolean {
  try {
    return fingerprint(pem) === pinned;
  } catch {
    return false;
  }
}

async function explained<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    if (cause instanceof RelayError || cause instanceof StoreError || cause instanceof TlsError)
      throw new CliError(cause.code, cause.message, { cause });
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM') throw cause;
    throw new CliError('data-not-writable', message, {
      hint: 'Choose another place with --data or THIMBLE_RELAY_DATA.',
      cause,
    });
  }
}
