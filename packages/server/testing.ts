import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { DEFAULT_ORGANISATION_ID, createSignInLink } from './access/index.ts';
import { buildServer } from './build-server.ts';
import type { ServerContext, Stage } from './context.ts';
import { createEventBus } from './events/index.ts';
import { type App, bindPort, logRefused, openEndpoints } from './http/index.ts';
import { createNewId } from './instance/index.ts';
import { loadSigningKey, openOrderKeys } from './keys/index.ts';
import { createSecrets, newSecretsKey } from './secrets/index.ts';
import { type Settings, loadSettings } from './settings/index.ts';
import { createTestDatabase } from './storage/testing.ts';
import { loadTls } from './tls/index.ts';
import { Undo } from './undo.ts';

export { type TestDatabase, createTestDatabase } from './storage/testing.ts';
export { ROUTE_PERMISSIONS } from './access/permissions/route-permissions.ts';
export { createEnrolmentToken } from './discover/index.ts';
export { asSystem } from './storage/index.ts';
export { appendSigned, appendTestEvidence, signAll, tamper } from './report/testing/tamper.ts';
export * from './testing/fake-advisories.ts';
export * from './testing/fake-agent.ts';
export * from './testing/fake-documents.ts';
export * from './testing/send-plain.ts';
export { loadTls } from './tls/index.ts';

export interface TestServerOptions {
  readonly stages?: readonly Stage[];
  readonly clock?: () => Date;
  readonly settings?: Partial<Settings>;
  readonly consoleDirectory?: string;
  readonly writeLog?: (line: string) => void;
}

export interface TestServer {
  readonly app: App;
  readonly context: ServerContext;
  /** `http://localhost:PORT`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly socketPath: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly authority: string;
  /** Signs in with a fresh link. @returns the value of a `cookie` header. */
  readonly signIn: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The whole server on a free port of this machine with a database of its own: everything real but the supervisor. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const undo = new Undo();
  const data = await mkdtemp('/tmp/thimble-server-');
  undo.add(() => rm(data, { recursive: true, force: true }));
  try {
    return await start(data, options, undo);
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function start(data: string, options: TestServerOptions, undo: Undo): Promise<TestServer> {
  const clock = options.clock ?? (() => new Date());
  const usual = loadSettings({ argv: [], environment: {}, workingDirectory: data, uid: 0, readFile: () => undefined });
  const settings: Settings = { ...usual, host: '127.0.0.1', port: 0, feeds: 'off', ...options.settings, data };
  const log = pino(
    { level: options.writeLog === undefined ? 'silent' : 'debug' },
    { write: options.writeLog ?? (() => undefined) },
  );
  const database = await createTestDatabase();
  undo.add(database.drop);
  const events = await createEventBus({ ...database, log });
  undo.add(events.close);
  const port = await bindPort(settings.host, settings.port);
  undo.add(port.close);
  const tls = await loadTls({
    dataDirectory: data,
    given: undefined,
    names: ['localhost', '127.0.0.1'],
    now: new Date(),
    random: randomBytes,
  });
  const url = `http://localhost:${port.port}`;
  const stopping = new AbortController();
  const secrets = createSecrets([newSecretsKey(randomBytes)], randomBytes);
  const organisationId = DEFAULT_ORGANISATION_ID;
  const orderKeys = await openOrderKeys({ database, settings, secrets, events, clock, log, organisationId });
  undo.add(orderKeys.close);
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
    logKey: await loadSigningKey('log-key', data, settings.logKey),
    secrets,
    metrics: new Registry(),
    defaultOrganisationId: organisationId,
    caFingerprint: tls.caFingerprint,
    publicUrl: settings.publicUrl ?? `https://localhost:${port.port}`,
    stopping: stopping.signal,
  };
  const { app, handler } = await buildServer(context, {
    stages: options.stages ?? [],
    consoleDirectory: options.consoleDirectory ?? join(data, 'console'),
    version: '0.0.0-test',
    publicUrl: context.publicUrl,
    localUrl: url,
  });
  undo.add(() => app.close());
  const socketPath = join(data, 'api.sock');
  const secureAddress = (_host: string | undefined, target: string): string => context.publicUrl + target;
  const endpoints = await openEndpoints({ handler, port, tls, socketPath, secureAddress, refused: logRefused(log) });
  undo.add(endpoints.close);
  undo.add(() => stopping.abort());
  return {
    app,
    context,
    url,
    port: port.port,
    socketPath,
    authority: tls.authority,
    signIn: async () => signIn(url, await createSignInLink(context)),
    stop: () => undo.run(),
  };
}

async function signIn(url: string, link: string): Promise<string> {
  const reply = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ link }),
  });
  if (!reply.ok) throw new Error(`sign-in failed: ${await reply.text()}`);
  return reply.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}
