import { hostname } from 'node:os';
import type { RunningServer } from '@thimble/server';
import type { Settings } from '@thimble/server/settings';
import { type Client, createClient } from '../client/index.ts';
import type { Cli } from '../cli.ts';
import { formatDuration, plural, printable } from '../terminal/index.ts';
import { VERSION } from '../version.ts';
import { type BuildScript, buildInChild } from './build-in-child.ts';
import { firstLook } from './first-look.ts';
import { type LocalEndpoint, startLocalEndpoint } from './local-endpoint.ts';
import { assertWritable, type Companion, runServer } from './run-server.ts';
import { openServerLog, type ServerLog } from './server-log.ts';
import { tellDone, tellTrouble } from './steps.ts';

const ENROL_TOKEN = 'printed by thimble start';
const ENROL_TOKEN_HOURS = 24;

/** One start: what its parts share. */
interface Start {
  readonly cli: Cli;
  readonly settings: Settings;
  readonly log: ServerLog;
  readonly startedMs: number;
  /** Ends the builds. */
  readonly signal: AbortSignal;
}

/** What `npm start` runs: a server, its console, and this machine as the first endpoint, until Ctrl-C. */
export async function startEverything(cli: Cli, settings: Settings): Promise<void> {
  const { terminal } = cli;
  const startedMs = cli.now().getTime();
  terminal.note(`${terminal.errColour.bold(`Thimble ${VERSION}`)}, data in ${settings.data}`);
  terminal.status('… Starting the server and its database');
  await assertWritable(settings.data);
  const builds = new AbortController();
  const signal = AbortSignal.any([builds.signal, cli.signal]);
  const log = openServerLog(terminal, settings.data);
  const start: Start = { cli, settings, log, startedMs, signal };
  // Beside the server's own start: its database waits for the disk, the bundler for a processor.
  const consoleBuilt = build(start, 'Console', 'build-console.ts');
  try {
    await runServer(
      cli,
      { ...settings, logFormat: 'json' },
      { writeLog: (line) => log.write(line) },
      async (server) => {
        tellDone(terminal, 'Server and database', cli.now().getTime() - startedMs);
        return await accompany(start, server, consoleBuilt);
      },
    );
  } finally {
    builds.abort();
    log.close();
  }
}

async function accompany(start: Start, server: RunningServer, consoleBuilt: Promise<void>): Promise<Companion> {
  const { cli, settings, log } = start;
  const client = createClient({ kind: 'socket', path: server.socketPath });
  const endpoint = await becomeEndpoint(start, {
    client,
    port: server.port,
    caFingerprint: server.caFingerprint,
    dataDirectory: settings.data,
  });
  await consoleBuilt;
  if (cli.signal.aborted) return endpoint;
  await welcome(start, server, client);
  void lookAround(start, server, client, endpoint);
  cli.terminal.note(cli.terminal.errColour.dim(`Log: ${log.path}. Ctrl-C stops everything.`));
  return endpoint;
}

async function build(start: Start, title: string, script: BuildScript): Promise<void> {
  const { cli, signal } = start;
  const beganMs = cli.now().getTime();
  try {
    const how = await buildInChild(script, signal);
    tellDone(cli.terminal, title, cli.now().getTime() - beganMs, how === 'built' ? '' : 'up to date');
  } catch (error) {
    if (!signal.aborted) tellTrouble(cli.terminal, title, error);
  }
}

async function becomeEndpoint(
  start: Start,
  server: Parameters<typeof startLocalEndpoint>[1],
): Promise<LocalEndpoint | undefined> {
  const { cli, log } = start;
  const beganMs = cli.now().getTime();
  try {
    const endpoint = await startLocalEndpoint(cli, server, (line) => log.say(line));
    tellDone(
      cli.terminal,
      'This machine as endpoint',
      cli.now().getTime() - beganMs,
      endpoint.already ? 'enrolled before' : 'enrolled',
    );
    return endpoint;
  } catch (error) {
    tellTrouble(cli.terminal, 'This machine is no endpoint', error);
    return undefined;
  }
}

/** A link for who begins; whoever is set up has a way of their own, and a link on the screen is one for whoever looks at it. */
async function tellHowToSignIn(terminal: Cli['terminal'], server: RunningServer, minutes: number): Promise<void> {
  if (await server.isSetUp())
    return terminal.note('\nSign in there in your own way (if it is lost: thimble sign-in-link LOGIN).');
  terminal.note(`\nSign in with this link; it works once, for ${minutes} minutes (a new one: thimble sign-in-link):`);
  terminal.out(await server.signInLink());
}

/** Where to go now, and how other machines join. */
async function welcome({ cli, startedMs, settings }: Start, server: RunningServer, client: Client): Promise<void> {
  const { terminal } = cli;
  const { errColour } = terminal;
  await revokeOlder(client);
  const { command } = await client.createEnrolmentToken({ name: ENROL_TOKEN, expiresInHours: ENROL_TOKEN_HOURS });
  terminal.note(
    `\nReady in ${formatDuration(cli.now().getTime() - startedMs)}: ${errColour.bold(server.localUrl)}, elsewhere ${server.url}`,
  );
  await tellHowToSignIn(terminal, server, settings.signInLinkMinutes);
  terminal.note(
    `\nOther machines join with this, within ${ENROL_TOKEN_HOURS} hours, once the agent is installed there:`,
  );
  terminal.out(command);
  terminal.note(errColour.dim(`CA fingerprint ${server.caFingerprint}`));
}

/** Links of earlier starts end with this one, so that they do not add up. */
async function revokeOlder(client: Client): Promise<void> {
  const { items } = await client.enrolmentTokens();
  for (const { id, name } of items) if (name === ENROL_TOKEN) await client.revokeEnrolmentToken(id);
}

/** Shows this machine once it is scanned, then makes what other machines will want. */
async function lookAround(
  start: Start,
  server: RunningServer,
  client: Client,
  endpoint: LocalEndpoint | undefined,
): Promise<void> {
  const { cli, signal } = start;
  const { terminal } = cli;
  try {
    if (endpoint !== undefined) {
      terminal.status(`… Looking at this machine: what is installed, what is missing`);
      const found = await firstLook(client, endpoint.endpointId, signal);
      if (found !== undefined)
        terminal.note(
          `\n${printable(found.hostname)}: ${printable(found.os)}, ${plural(found.packageCount, 'package')}, ` +
            `${plural(found.updateCount, 'update')} pending, ${found.securityUpdateCount} of them security. ` +
            'Nothing is changed before you approve it.',
        );
      else if (!signal.aborted)
        terminal.note(`\n${hostname()} is still being scanned; the console shows it when it is done.`);
    }
    await build(start, 'Agent for other machines', 'build-agent.ts');
    if (!signal.aborted) await tellInstallation(cli, server, client);
  } catch (error) {
    if (!signal.aborted) tellTrouble(terminal, 'The first look at this machine', error);
  }
}

/** The machine that joins does not know our authority yet, so the digest is what vouches for the package. */
async function tellInstallation({ terminal }: Cli, server: RunningServer, client: Client): Promise<void> {
  const deb = (await client.downloads()).items.find(({ kind }) => kind === 'deb');
  if (deb === undefined) return;
  terminal.note('\nThe agent is installed on other machines with:');
  terminal.out(
    `curl -fsSko thimble.deb ${server.url}/api/v1/downloads/${deb.name} && echo '${deb.sha256}  thimble.deb' | sha256sum -c && sudo dpkg -i thimble.deb`,
  );
}
