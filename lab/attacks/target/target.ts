import { STAGES } from '@thimble/server';
import { createEnrolmentToken, FakeAgent, startTestServer, type TestServer } from '@thimble/server/testing';
import type { Attempt } from '../attack.ts';
import { type Answer, codeOf, type Sent, sendRequest } from './request.ts';
import { RequestLog } from './request-log.ts';

/** A whole server, and what its attackers may have of it: a session, a token, a place in its database. */
export interface Target {
  readonly server: TestServer;
  readonly organisationId: string;
  /** Its time; only `pass` moves it apart from this machine's. */
  readonly now: () => Date;
  readonly pass: (durationMs: number) => void;
  /** Signs in anew. @returns the headers of a page of the console */
  readonly signIn: () => Promise<Readonly<Record<string, string>>>;
  /** As the operator who is signed in; `path` below /api/v1. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  readonly enrolmentToken: () => Promise<string>;
  /** A made-up endpoint, enrolled and with all documents sent. */
  readonly agent: (hostname: string) => Promise<FakeAgent>;
  readonly send: (sent: Sent) => Promise<Answer>;
  /** What the server said to it, and whether its request log tells of a request that ended like that. */
  readonly traced: (act: () => Promise<Pick<Answer, 'status' | 'json'>>) => Promise<Attempt>;
  /** `traced` of one request. */
  readonly attempt: (sent: Sent) => Promise<Attempt>;
  /** Errors that the server logged: an attack may be refused, and must not make anything fail. */
  readonly errors: readonly string[];
  readonly stop: () => Promise<void>;
}

export async function startTarget(): Promise<Target> {
  let aheadMs = 0;
  const log = new RequestLog();
  const now = (): Date => new Date(Date.now() + aheadMs);
  const server = await startTestServer({
    stages: STAGES,
    clock: now,
    writeLog: log.write,
    // Providers of identities that run here.
    settings: { identityProviderHosts: 'localhost' },
  });
  const organisationId = server.context.defaultOrganisationId;
  const operator = { organisationId, name: 'tester' };
  const signIn = async () => ({ cookie: await server.signIn(), origin: server.url });
  // Time that passes ends it.
  let session: ReturnType<typeof signIn> | undefined;
  const send = (sent: Sent): Promise<Answer> => sendRequest(server.port, sent);
  const traced: Target['traced'] = async (act) => {
    const since = log.length;
    const answer = await act();
    return { refusal: codeOf(answer), isRecorded: await log.tells(since, answer.status) };
  };
  const enrolmentToken = async (): Promise<string> =>
    (await createEnrolmentToken(server.context, operator, { name: 'attacked' })).secret;
  return {
    server,
    organisationId,
    now,
    pass: (durationMs) => {
      aheadMs += durationMs;
      session = undefined;
    },
    signIn,
    call: async (method, path, body) => {
      session ??= signIn();
      return send({
        method,
        path: `/api/v1${path}`,
        headers: { ...(await session), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    enrolmentToken,
    agent: async (hostname) => {
      const agent = new FakeAgent(server.url, hostname);
      agent.clock = now;
      await agent.enrol(await enrolmentToken());
      await agent.report();
      return agent;
    },
    send,
    traced,
    attempt: (sent) => traced(() => send(sent)),
    errors: log.errors,
    stop: server.stop,
  };
}
