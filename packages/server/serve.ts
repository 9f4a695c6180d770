import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { ClientConfig } from 'pg';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { DEFAULT_ORGANISATION_ID, createSignInLink } from './access/index.ts';
import { apiSocketPath } from './api-socket.ts';
import { type BuildOptions, buildServer } from './build-server.ts';
import type { ServerContext, Stage } from './context.ts';
import { createEventBus } from './events/index.ts';
import { bindPort, openEndpoints } from './http/index.ts';
import { createNewId, lockInstance } from './instance/index.ts';
import { assertOrderKey, loadOrderKey } from './keys/index.ts';
import { createLogger } from './logging/index.ts';
import { type RunningPostgres, runtimeDirectory, startPostgres, unexpectedEnd } from './postgres/index.ts';
import { type Settings } from './settings/index.ts';
import { type Database, migrate, openDatabase, readMigrations } from './storage/index.ts';
import { type TlsOptions, loadTls, ownNames } from './tls/index.ts';
import { Undo } from './undo.ts';

export interface RunningServer {
  /** For people and agents elsewhere. */
  readonly url: string;
  /** For a browser on this machine: plain HTTP, so that no certificate warning stands in the way. */
  readonly localUrl: string;
  readonly port: number;
  /** Unix socket on which the local command line is the operator. */
  readonly socketPath: string;
  readonly caFingerprint: string;
  /** A new one-time link, as an address to open on this machine. */
  readonly signInLink: () => Promise<string>;
  /** Settles with the reason when the server can't go on (its database or lock is gone); the caller stops it and ends. */
  readonly failed: Promise<Error>;
  readonly stop: () => Promise<void>;
  /** What stages got, for the caller's own reports and for tests. */
  readonly context: ServerContext;
}

export interface ServeOptions {
  readonly stages: readonly Stage[];
  readonly consoleDirectory?: string;
  readonly clock?: () => Date;
  /** Gets the log's lines; standard error by default. */
  readonly writeLog?: (line: string) => void;
}

const RENEWAL_CHECK_MS = 12 * 3_600_000;

/**
 * Starts everything, in the order in which it can fail cheapest: the lock, the port, the database, the rest. What was
 * started is stopped again when a later step fails, and `stop` does the same in reverse.
 *
 * @throws LockError, ListenError, PostgresError, StorageError, TlsError, KeyError: each says what to do.
 */
export async function startServer(settings: Settings, options: ServeOptions): Promise<RunningServer> {
  const undo = new Undo();
  try {
    return await start(settings, options, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function start(settings: Settings, options: ServeOptions, undo: Undo): Promise<RunningServer> {
  const log = createLogger({
    level: settings.logLevel,
    format: logFormat(settings),
    write: options.writeLog ?? ((line) => void process.stderr.write(line)),
  });
  const clock = options.clock ?? (() => new Date());
  const lock = await lockInstance(settings.data);
  undo.add(lock.release);
  const bound = await bindPort(settings.host, settings.port);
  undo.add(bound.close);
  const url = settings.publicUrl?.replace(/\/+$/, '') ?? `https://${hostname()}:${bound.port}`;
  const localUrl = `http://localhost:${bound.port}`;
  await lock.describe(localUrl);

  const { database, postgres } = await startDatabase(settings, log, undo);
  const tlsOptions: Omit<TlsOptions, 'names' | 'now'> = {
    dataDirectory: settings.data,
    given:
      settings.tlsCert === undefined || settings.tlsKey === undefined
        ? undefined
        : { certificatePath: settings.tlsCert, keyPath: settings.tlsKey },
    random: randomBytes,
  };
  const loadCertificate = () => loadTls({ ...tlsOptions, names: ownNames(settings.publicUrl), now: clock() });
  const tls = await loadCertificate();
  const events = await createEventBus({ ...database, log });
  undo.add(events.close);
  const orderKey = await loadOrderKey(settings.data, settings.orderKey);
  await assertOrderKey(database, DEFAULT_ORGANISATION_ID, orderKey);
  const stopping = new AbortController();
  const context: ServerContext = {
    settings,
    database,
    clock,
    newId: createNewId(clock, randomBytes),
    random: randomBytes,
    events,
    log,
    orderKey,
    metrics: new Registry(),
    defaultOrganisationId: DEFAULT_ORGANISATION_ID,
    caFingerprint: tls.caFingerprint,
    publicUrl: url,
    stopping: stopping.signal,
  };
  const { app, handler } = await buildServer(context, {
    ...(await buildOptions(options)),
    publicUrl: () => url,
    localUrl: () => localUrl,
  });
  undo.add(() => app.close());
  const socketPath = apiSocketPath(settings.data);
  await mkdir(runtimeDirectory(settings.data), { recursive: true, mode: 0o755 });
  const endpoints = await openEndpoints({
    handler,
    port: bound,
    tls,
    socketPath,
    secureAddress: (host, target) => secureAddress(settings.publicUrl, host, bound.port, target),
  });
  undo.add(endpoints.close);
  const renewal = setInterval(() => {
    loadCertificate().then(endpoints.renewCertificate, (error: Error) =>
      log.error({ err: error }, 'certificate not renewed'),
    );
  }, RENEWAL_CHECK_MS);
  undo.add(() => clearInterval(renewal));
  undo.add(() => stopping.abort());
  const failed = firstFailure(lock.lost, postgres);
  void failed.then((error) => log.fatal({ err: error }, 'the server can not go on'));
  log.info({ url, data: settings.data, postgres: postgres?.major ?? 'external' }, 'started');
  return {
    url,
    localUrl,
    port: bound.port,
    socketPath,
    caFingerprint: tls.caFingerprint,
    signInLink: async () => `${localUrl}/sign-in#${await createSignInLink(context)}`,
    failed,
    stop: () => undo.run(),
    context,
  };
}

async function startDatabase(
  settings: Settings,
  log: Logger,
  undo: Undo,
): Promise<{ database: Database; postgres: RunningPostgres | undefined }> {
  let postgres: RunningPostgres | undefined;
  let target: ClientConfig = { connectionString: settings.databaseUrl };
  if (settings.databaseUrl === undefined) {
    postgres = await startPostgres({
      dataDirectory: settings.data,
      sharedBuffersMb: settings.postgresSharedBuffersMb,
      maximumConnections: settings.postgresConnections,
      onLog: (line) => log[/^(FATAL|PANIC|ERROR):/.test(line) ? 'warn' : 'debug']({ line }, 'postgres'),
    });
    undo.add(postgres.stop);
    target = { host: postgres.socketDirectory, user: postgres.user, database: postgres.database };
  }
  const database = await openDatabase(target, settings.databasePoolSize, (error) =>
    log.warn({ err: error }, 'a database connection broke'),
  );
  undo.add(database.close);
  const applied = await migrate(database.connection, await readMigrations());
  if (applied.length > 0) log.info({ migrations: applied }, 'the database was brought up to date');
  return { database, postgres };
}

async function firstFailure(lost: Promise<void>, postgres: RunningPostgres | undefined): Promise<Error> {
  const databaseEnd = postgres?.ended.then(({ asked, reason }) =>
    asked ? new Promise<Error>(() => undefined) : unexpectedEnd(reason),
  );
  const lockEnd = lost.then(() => new Error('the lock on the data directory was lost: its holder was killed'));
  return Promise.race([lockEnd, ...(databaseEnd === undefined ? [] : [databaseEnd])]);
}

function secureAddress(publicUrl: string | undefined, host: string | undefined, port: number, target: string): string {
  const origin = `https://${(host ?? '').replace(/:\d+$/, '') || hostname()}:${port}`;
  const path = target.startsWith('/') ? target : '/';
  return `${publicUrl?.replace(/\/+$/, '') ?? (URL.canParse(origin) ? origin : `https://${hostname()}:${port}`)}${path}`;
}

async function buildOptions(
  options: ServeOptions,
): Promise<Pick<BuildOptions, 'stages' | 'consoleDirectory' | 'version'>> {
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, 'package.json'), 'utf8')) as {
    version?: string;
  };
  return {
    stages: options.stages,
    consoleDirectory: options.consoleDirectory ?? join(import.meta.dirname, '..', 'console', 'dist'),
    version: manifest.version ?? 'unknown',
  };
}

function logFormat({ logFormat: format }: Settings): 'json' | 'text' {
  return format === 'auto' ? (process.stderr.isTTY ? 'text' : 'json') : format;
}
