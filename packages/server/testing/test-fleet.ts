import type { RunDetail } from '@thimble/protocol';
import { createEnrolmentToken } from '../discover/index.ts';
import { STAGES } from '../stages.ts';
import { type TestServer, type TestServerOptions, startTestServer } from '../testing.ts';
import { FakeAgent } from './fake-agent.ts';

export interface Reply {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** A server with all stages, an operator who is signed in, and as many made-up endpoints as a test wants. */
export interface TestFleet extends TestServer {
  readonly token: string;
  /** As the operator; `path` below /api/v1. */
  readonly call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  /** Enrolled, with all documents sent. */
  readonly agent: (hostname: string, documents?: ConstructorParameters<typeof FakeAgent>[2]) => Promise<FakeAgent>;
  /** A run of all security updates on these, with the plans made. */
  readonly plannedRun: (agents: readonly FakeAgent[]) => Promise<RunDetail>;
  readonly run: (id: string) => Promise<RunDetail>;
  readonly approve: (run: RunDetail) => Promise<Reply>;
  /** Errors that the server logged. */
  readonly errors: string[];
}

/** Sessions live longer than any test puts the clock forward. */
const SETTINGS = { sessionHours: 720, sessionIdleMinutes: 43_200 } as const;

export async function startTestFleet(options: TestServerOptions = {}): Promise<TestFleet> {
  const errors: string[] = [];
  const writeLog = (line: string): void => {
    if (/"level":[56]0/.test(line)) errors.push(line);
  };
  const server = await startTestServer({
    stages: STAGES,
    writeLog,
    ...options,
    settings: { ...SETTINGS, ...options.settings },
  });
  const cookie = await server.signIn();
  const operator = { organisationId: server.context.defaultOrganisationId, name: 'tester' };
  const { secret: token } = await createEnrolmentToken(server.context, operator, { name: 'test' });
  const call: TestFleet['call'] = async (method, path, body, headers = {}) => {
    const reply = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        cookie,
        origin: server.url,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, json: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown> };
  };
  const run = async (id: string): Promise<RunDetail> => (await call('GET', `/runs/${id}`)).json as unknown as RunDetail;
  return {
    ...server,
    token,
    call,
    errors,
    run,
    agent: async (hostname, documents) => {
      const agent = new FakeAgent(server.url, hostname, documents);
      agent.clock = server.context.clock;
      await agent.enrol(token);
      await agent.report();
      return agent;
    },
    plannedRun: async (agents) => {
      const endpoints = agents.map(({ id }) => id);
      const created = await call('POST', '/runs', { endpoints, selection: { kind: 'security' } });
      const { summary } = created.json as unknown as RunDetail;
      for (const agent of agents) await agent.work();
      await settle(async () => (await run(summary.id)).summary.state !== 'planning');
      await settle(async () => {
        const { rows } = await server.context.database.pool.query('select state from run where id = $1', [summary.id]);
        return rows[0]?.state !== 'planning';
      });
      return run(summary.id);
    },
    approve: async ({ summary, groups }) =>
      call('POST', `/runs/${summary.id}/approve`, {
        transactionDigests: groups.map(({ transactionDigest }) => transactionDigest),
      }),
  };
}

/** Waits for what another part of the server does soon. */
export async function settle(done: () => Promise<boolean>, tries = 200): Promise<void> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('it did not come to that');
}
