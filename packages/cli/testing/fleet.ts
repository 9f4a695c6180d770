import { createEnrolmentToken, FakeAgent, startTestServer, type TestServer } from '@thimble/server/testing';
import { STAGES } from '@thimble/server';
import type { CreatedToken } from '@thimble/protocol';
import { SERVER_COMMANDS } from '../commands/server-commands.ts';
import { ENDPOINT_COMMANDS } from '../commands/endpoint-commands.ts';
import { runCli } from '../run-cli.ts';
import type { Ended } from './command.ts';
import { listeningTerminal } from './terminal.ts';

/** A real server of the fleet, and the command line talking to it, in this process. */
export interface CommandedFleet {
  readonly server: TestServer;
  /** One command line from beginning to end; `width` is that of a terminal, without it: of a pipe. `signal` is a person's Ctrl-C. */
  readonly run: (argv: readonly string[], width?: number, signal?: AbortSignal) => Promise<Ended>;
  /** The result as programs get it; fails when the command does. */
  readonly json: <Shape>(...argv: readonly string[]) => Promise<Shape>;
  /** Enrolled, with all documents sent. */
  readonly agent: (hostname: string, documents?: ConstructorParameters<typeof FakeAgent>[2]) => Promise<FakeAgent>;
  /** Additional variables of the environment from now on. */
  readonly env: Map<string, string>;
}

export async function startCommandedFleet(
  options: Parameters<typeof startTestServer>[0] = {},
): Promise<CommandedFleet> {
  const server = await startTestServer({ stages: STAGES, ...options });
  const operator = { organisationId: server.context.defaultOrganisationId, name: 'tester' };
  const { secret: enrolment } = await createEnrolmentToken(server.context, operator, { name: 'test' });
  const env = new Map([
    ['THIMBLE_SERVER', server.url],
    ['THIMBLE_TOKEN', await apiToken(server)],
    ['NO_COLOR', '1'],
  ]);
  const run: CommandedFleet['run'] = async (argv, width, signal = new AbortController().signal) => {
    const { terminal, out, notes } = listeningTerminal(width === undefined ? {} : { width });
    const code = await withEnvironment(env, () =>
      runCli(argv, [...SERVER_COMMANDS, ...ENDPOINT_COMMANDS], {
        terminal,
        env: Object.fromEntries(env),
        uid: 0,
        now: server.context.clock,
        signal,
      }),
    );
    return { code, stdout: out.join('\n'), stderr: notes.join('\n') };
  };
  return {
    server,
    env,
    run,
    json: async <Shape>(...argv: readonly string[]) => {
      const { code, stdout, stderr } = await run([...argv, '--json']);
      if (code !== 0) throw new Error(`thimble ${argv.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Shape;
    },
    agent: async (hostname, documents) => {
      const agent = new FakeAgent(server.url, hostname, documents);
      agent.clock = server.context.clock;
      await agent.enrol(enrolment);
      await agent.report();
      return agent;
    },
  };
}

async function apiToken(server: TestServer): Promise<string> {
  const reply = await fetch(`${server.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { cookie: await server.signIn(), origin: server.url, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'test', roleId: 'owner' }),
  });
  const { secret } = (await reply.json()) as CreatedToken;
  return secret;
}

/** Commander reads the variables of options from the process itself. */
async function withEnvironment<Result>(env: ReadonlyMap<string, string>, work: () => Promise<Result>): Promise<Result> {
  const before = new Map([...env.keys()].map((name) => [name, process.env[name]]));
  for (const [name, value] of env) process.env[name] = value;
  try {
    return await work();
  } finally {
    for (const [name, value] of before)
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
  }
}
