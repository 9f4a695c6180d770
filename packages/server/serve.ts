import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { DEFAULT_ORGANISATION_ID, createSignInLink, isSetUp } from './access/index.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import { apiSocketPath } from './api-socket.ts';
import { type BuildOptions, buildServer } from './build-server.ts';
import type { ServerContext, Stage } from './context.ts';
import { createEventBus } from './events/index.ts';
import { bindPort, logRefused, openEndpoints } from './http/index.ts';
import { createNewId, lockInstance } from './instance/index.ts';
import { assertKey, loadSigningKey, openOrderKeys } from './keys/index.ts';
import { createLogger } from './logging/index.ts';
import { type RunningPostgres, makeRuntimeDirectory, unexpectedEnd } from './postgres/index.ts';
import { assertNotOlder } from './report/checkpoints/kept-outside.ts';
import type { Settings } from './settings/index.ts';
import { startDatabase } from './start-database.ts';
import { asNobody, asSystem } from './storage/index.ts';
import { type TlsOptions, loadTls, ownNames } from './tls/index.ts';
import { Undo } from './undo.ts';

export interface RunningServer extends Addresses {
  readonly port: number;
  /** Unix socket on which the local command line is the operator. */
  readonly socketPath: string;
  readonly caFingerprint: string;
  /** Whether somebody can sign in without a link. */
  readonly isSetUp: () => Promise<boolean>;
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
 * @throws LockError, ListenError, PostgresError, StorageError, SecretsError, TlsError, KeyError,
 *   OlderEvidenceError: each says what to do.
 */
export async function startServer(settings: Settings, options: ServeOptions): Promise<RunningServer> {
  const undo = new Undo();
  try {
    return await asSystem(() => start(settings, options, undo));
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
  const addresses = addressesOf(settings, bound.port);
  await lock.describe(addresses.localUrl);
  const { database, postgres, secrets } = await startDatabase(settings, log, undo);
  const loadCertificate = () => loadTls(tlsOptions(settings, clock()));
  const tls = await loadCertificate();
  const events = await createEventBus({ ...database, log });
  undo.add(events.close);
  const organisationId = DEFAULT_ORGANISATION_ID;
  const orderKeys = await openOrderKeys({ database, settings, secrets, events, clock, log, organisationId });
  undo.add(orderKeys.close);
  const logKey = await loadSigningKey('log-key', settings.data, settings.logKey);
  await assertKey(database, organisationId, 'log-key', logKey);
  await assertNotOlder({ database, logKey, dataDirectory: settings.data });
  const stopping = new AbortController();
  const context: ServerContext = {
    settings,
    database,
    clock,
    newId: createNewId(clock, randomBytes),
    random: randomBytes,
    events,
    log,
    orderKeys,
    get orderKey() {
      return orderKeys.present;
    },
    logKey,
    secrets,
    metrics: new Registry(),
    defaultOrganisationId: organisationId,
    caFingerprint: tls.caFingerprint,
    ...(settings.tlsCert === undefined && tls.authority !== undefined ? { caCertificate: tls.authority } : {}),
    publicUrl: addresses.url,
    stopping: stopping.signal,
  };
  const { app, handler } = await buildServer(context, await buildOptions(options, addresses));
  undo.add(() => app.close());
  const socketPath = apiSocketPath(settings.data);
  await makeRuntimeDirectory(settings.data);
  // Connections begin as nobody's; only what this function starts itself is the server's own work.
  const endpoints = await asNobody(() =>
    openEndpoints({ handler, port: bound, tls, socketPath, ...addresses, refused: logRefused(log) }),
  );
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
  log.info({ url: addresses.url, data: settings.data, postgres: postgres?.major ?? 'external' }, 'started');
  return {
    ...addresses,
    port: bound.port,
    socketPath,
    caFingerprint: tls.caFingerprint,
    isSetUp: () => asSystem(() => isSetUp(context)),
    signInLink: async () => `${addresses.localUrl}/sign-in#${await asSystem(() => createSignInLink(context))}`,
    failed,
    stop: () => undo.run(),
    context,
  };
}

function tlsOptions(settings: Settings, now: Date): TlsOptions {
  const { data, tlsCert, tlsKey, publicUrl } = settings;
  return {
    dataDirectory: data,
    given: tlsCert === undefined || tlsKey === undefined ? undefined : { certificatePath: tlsCert, keyPath: tlsKey },
    names: ownNames(publicUrl),
    now,
    random: randomBytes,
  };
}

async function firstFailure(lost: Promise<void>, postgres: RunningPostgres | undefined): Promise<Error> {
  const databaseEnd = postgres?.ended.then(({ asked, reason }) =>
    asked ? new Promise<Error>(() => undefined) : unexpectedEnd(reason),
  );
  const lockEnd = lost.then(() => new Error('the lock on the data directory was lost: its holder was killed'));
  return Promise.race([lockEnd, ...(databaseEnd === undefined ? [] : [databaseEnd])]);
}

async function buildOptions(options: ServeOptions, { url, localUrl }: Addresses): Promise<BuildOptions> {
  const manifest = JSON.parse(await readFile(join(import.meta.dirname, 'package.json'), 'utf8')) as {
    version?: string;
  };
  return {
    stages: options.stages,
    consoleDirectory: options.consoleDirectory ?? join(import.meta.dirname, '..', 'console', 'dist'),
    version: manifest.version ?? 'unknown',
    publicUrl: url,
    localUrl,
  };
}

function logFormat({ logFormat: format }: Settings): 'json' | 'text' {
  return format === 'auto' ? (process.stderr.isTTY ? 'text' : 'json') : format;
}
