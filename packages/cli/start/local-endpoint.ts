import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError, enroll, moveToServer } from '@thimble/agent';
import type { Client } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { type SupervisedChild, supervise } from './supervise.ts';

/** The agent of an earlier start that was killed ends by itself, within its own grace time. */
const PREDECESSOR_PATIENCE_MS = 20_000;
const RETRY_MS = 250;
const TOKEN_HOURS = 1;
/** How local-agent.ts ends when the server does not manage this machine any more. */
const REMOVED_EXIT_CODE = 3;

export interface LocalEndpoint extends SupervisedChild {
  readonly endpointId: string;
  /** It was enrolled by an earlier start. */
  readonly already: boolean;
}

export interface LocalServer {
  readonly client: Client;
  readonly port: number;
  readonly caFingerprint: string;
  readonly dataDirectory: string;
}

/**
 * Makes this machine an endpoint of the server that runs beside it, once, and runs its agent as a child process.
 *
 * @param say Gets what the agent has to tell.
 */
export async function startLocalEndpoint(
  cli: Cli,
  server: LocalServer,
  say: (line: string) => void,
): Promise<LocalEndpoint> {
  const stateDirectory = join(server.dataDirectory, 'agent');
  const { endpointId, already } = await enrolOnce(cli, server, stateDirectory);
  const child = supervise({
    argv: [
      process.execPath,
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'local-agent.ts'),
      stateDirectory,
    ],
    env: cli.env,
    onLine: say,
    onEnd: (how, pauseMs) => {
      const removed = how === `exit code ${REMOVED_EXIT_CODE}`;
      if (removed) say('warning this machine was removed from the server; the next start enrols it again');
      else say(`warning this machine’s agent ended (${how}); it starts again in ${Math.round(pauseMs / 1000)} s`);
      return !removed;
    },
  });
  return { ...child, endpointId, already };
}

async function enrolOnce(
  cli: Cli,
  server: LocalServer,
  stateDirectory: string,
): Promise<{ endpointId: string; already: boolean }> {
  const { client, caFingerprint } = server;
  const serverUrl = `https://localhost:${server.port}`;
  // The port may have changed since the last start; the server, whose certificate is pinned, has not.
  const present = await patiently(cli, () => moveToServer({ stateDirectory, serverUrl, caFingerprint }));
  if (present !== null && (await knows(client, present.endpointId)))
    return { endpointId: present.endpointId, already: true };
  const { token, secret } = await client.createEnrolmentToken({
    name: 'this machine, made by thimble start',
    expiresInHours: TOKEN_HOURS,
    maximumUses: 1,
  });
  try {
    const { identity } = await patiently(cli, () =>
      enroll({ serverUrl, token: secret, caFingerprint, stateDirectory, force: present !== null }),
    );
    return { endpointId: identity.endpointId, already: false };
  } finally {
    await client.revokeEnrolmentToken(token.id).catch(() => undefined);
  }
}

async function knows(client: Client, endpointId: string): Promise<boolean> {
  return await client.endpoint(endpointId).then(
    () => true,
    (error: { status?: number }) => {
      if (error.status === 404) return false;
      throw error;
    },
  );
}

async function patiently<T>(cli: Cli, action: () => Promise<T>): Promise<T> {
  const until = performance.now() + PREDECESSOR_PATIENCE_MS;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      const busy = error instanceof AgentError && error.code === 'already-running';
      if (!busy || performance.now() > until || cli.signal.aborted) throw error;
      await sleep(RETRY_MS);
    }
  }
}
