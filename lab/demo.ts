/**
 * `npm run demo`: a server and six real Debian machines on this one, each with genuine pending security updates, to be
 * patched by whoever wants to see it. Everything goes again with Ctrl-C.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Client, createClient } from '@thimble/cli';
import { buildInChild, type Cli, CliError, openServerLog, runProcess, runServer, tellDone } from '@thimble/cli/start';
import { loadSettings, processSources, type RunningServer } from '@thimble/server';
import {
  type BaseImage,
  type BaseName,
  createLab,
  type Endpoint,
  ensureBase,
  labAvailability,
  type Lab,
  type Mirror,
  missingTools,
  startMirror,
} from './index.ts';

const SUITES = ['bookworm', 'bookworm-security', 'bookworm-updates'];
/** Web servers first: their base is built first, and the larger one is a layer over it. */
const FLEET: readonly { readonly base: BaseName; readonly names: readonly string[] }[] = [
  { base: 'web', names: ['web-1', 'web-2', 'web-3', 'proxy-1'] },
  { base: 'server', names: ['db-1', 'db-2'] },
];
/** Two at a time: booting and scanning is work for processors, of which small machines have two. */
const AT_ONCE = 2;
const USUAL_PORT = 8443;
const SETTLE_MS = 30_000;
const SCAN_PATIENCE_MS = 180_000;
const POLL_MS = 500;

/** What the parts of the demo share. */
interface Demo {
  readonly cli: Cli;
  readonly lab: Lab;
  readonly mirror: Mirror;
  readonly server: RunningServer;
  readonly client: Client;
  readonly startedMs: number;
}

async function demo(cli: Cli): Promise<void> {
  const { terminal } = cli;
  const availability = labAvailability();
  if (!availability.available)
    throw new CliError('no-lab', `the demo can’t run here: ${availability.why}`, {
      hint: 'It needs Debian or Ubuntu and root: sudo npm run demo. `npm start` needs neither, and shows this machine alone.',
    });
  const startedMs = Date.now();
  terminal.note(
    'A server and six real Debian machines on this one. The first time takes about two minutes, later ones less.',
  );
  const tools = missingTools();
  if (tools.length > 0) terminal.note(`For that these Debian packages are installed here: ${tools.join(', ')}.`);
  const folder = mkdtempSync(join(tmpdir(), 'thimble-demo-'));
  // PostgreSQL does not run as root: its user must get through to its own folder.
  chmodSync(folder, 0o711);
  const builds = new AbortController();
  try {
    terminal.status('… Preparing the network of the machines');
    await using lab = await createLab({ tag: 'demo', report: (line) => terminal.status(`… ${line}`) });
    const [mirror] = await Promise.all([
      timed(cli, 'The archive, frozen', () => startMirror({ host: lab.gateway, suites: SUITES })),
      timed(cli, 'The machines’ base system', () => ensureBase('web', (line) => terminal.status(`… ${line}`))),
      timed(cli, 'The console', () => buildInChild('build-console.ts', builds.signal)).then(() =>
        timed(cli, 'The agent and its package', () => buildInChild('build-agent.ts', builds.signal)),
      ),
    ]);
    try {
      await serve(cli, lab, mirror, folder, startedMs);
    } finally {
      await mirror.stop();
    }
  } finally {
    builds.abort();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serve(cli: Cli, lab: Lab, mirror: Mirror, folder: string, startedMs: number): Promise<void> {
  const port = await freePort(cli);
  const settings = loadSettings({
    ...processSources([
      `--data=${join(folder, 'data')}`,
      `--port=${port}`,
      `--public-url=https://${lab.gateway}:${port}`,
      '--check-in-interval-s=10',
      '--log-format=json',
    ]),
    environment: {},
  });
  let filled: Promise<void> = Promise.resolve();
  let log: ReturnType<typeof openServerLog> | undefined;
  const writeLog = (line: string): void => {
    log ??= openServerLog(cli.terminal, settings.data);
    log.write(line);
  };
  try {
    const beganMs = Date.now();
    await runServer(cli, settings, { writeLog }, async (server) => {
      tellDone(cli.terminal, 'The server', Date.now() - beganMs);
      const client = createClient({ kind: 'socket', path: server.socketPath });
      await welcome(cli, server);
      filled = fill({ cli, lab, mirror, server, client, startedMs });
      await filled;
    });
  } finally {
    cli.terminal.status('… Removing the machines');
    // A machine that is being made can’t be removed cleanly: it is finished first.
    await Promise.race([filled.catch(() => undefined), sleep(SETTLE_MS, undefined, { ref: false })]);
    log?.close();
  }
}

async function welcome({ terminal }: Cli, server: RunningServer): Promise<void> {
  terminal.note(
    `\nOpen this link; the machines appear there as they join. It works once (a new one: thimble sign-in-link --data ${server.context.settings.data}):`,
  );
  terminal.out(await server.signInLink());
  terminal.note('');
}

/** Boots the machines, lets them enrol, waits until they have told what they miss. */
async function fill(demoParts: Demo): Promise<void> {
  const { cli, client, startedMs } = demoParts;
  const { terminal } = cli;
  for (const { base, names } of FLEET) {
    if (cli.signal.aborted) return;
    const image = await timed(cli, `A ${base} machine with the agent`, () => imageWithAgent(demoParts, base));
    for (let index = 0; index < names.length && !cli.signal.aborted; index += AT_ONCE)
      await Promise.all(names.slice(index, index + AT_ONCE).map((name) => joinFleet(demoParts, name, image)));
  }
  if (cli.signal.aborted) return;
  await scanned(demoParts);
  const { items } = await client.endpoints({ sort: 'hostname' });
  terminal.note('');
  for (const { hostname, securityUpdateCount, updateCount } of items)
    terminal.note(`  ${hostname.padEnd(10)} ${updateCount} updates pending, ${securityUpdateCount} of them security`);
  const { data } = demoParts.server.context.settings;
  terminal.note(`\nReady in ${Math.round((Date.now() - startedMs) / 1000)} s. Patch them in the console, or with:`);
  terminal.out(`npm run -s thimble -- runs create --security --endpoints all --wait --data ${data}`);
  terminal.out(`npm run -s thimble -- runs approve last --wait --data ${data}`);
  terminal.note('Ctrl-C removes everything.');
}

/** Installed once for each base; the machines are clones of it. */
async function imageWithAgent({ lab, server, client }: Demo, base: BaseName): Promise<BaseImage> {
  const { items } = await client.downloads();
  const deb = items.find(({ kind }) => kind === 'deb');
  if (deb === undefined)
    throw new CliError('no-agent', 'the agent’s package was not built', { hint: 'npm run build says why.' });
  const machine = await lab.endpoint({ name: `image-${base}`, base });
  await machine.boot();
  // The machine does not know the server’s CA yet: the digest vouches for the package.
  await machine.shell(
    `curl -fsSk -o /tmp/thimble.deb '${server.url}/api/v1/downloads/${encodeURIComponent(deb.name)}'
    echo '${deb.sha256}  /tmp/thimble.deb' | sha256sum --check --quiet
    DEBIAN_FRONTEND=noninteractive dpkg -i /tmp/thimble.deb </dev/null
    rm /tmp/thimble.deb`,
  );
  return await machine.freeze();
}

async function joinFleet({ cli, lab, mirror, client }: Demo, name: string, base: BaseImage): Promise<Endpoint> {
  return await timed(cli, `${name} joins`, async () => {
    const machine = await lab.endpoint({ name, base });
    await machine.useMirror(mirror, { suites: SUITES });
    await machine.boot();
    const { command } = await client.createEnrolmentToken({ name, expiresInHours: 1, maximumUses: 1 });
    await machine.shell(command);
    return machine;
  });
}

async function scanned({ cli, client }: Demo): Promise<void> {
  const { terminal } = cli;
  const wanted = FLEET.flatMap(({ names }) => names).length;
  const until = Date.now() + SCAN_PATIENCE_MS;
  while (Date.now() < until && !cli.signal.aborted) {
    const { items } = await client.endpoints({});
    const checked = await Promise.all(items.map(async ({ id }) => (await client.endpointUpdates(id)).checkedAt));
    const ready = checked.filter((at) => at !== null).length;
    if (ready >= wanted) return;
    terminal.status(`… ${ready} of ${wanted} machines have looked for updates`);
    await sleep(POLL_MS, undefined, { signal: cli.signal }).catch(() => undefined);
  }
}

async function timed<T>(cli: Cli, title: string, work: () => Promise<T>): Promise<T> {
  const startedMs = Date.now();
  cli.terminal.status(`… ${title}`);
  const result = await work();
  if (!cli.signal.aborted) tellDone(cli.terminal, title, Date.now() - startedMs);
  return result;
}

/** The usual port, or the one that was asked for; any free one when the usual is taken. */
async function freePort({ env }: Cli): Promise<number> {
  const asked = env['THIMBLE_PORT'];
  if (asked !== undefined && /^\d{1,5}$/.test(asked) && asked !== '0') return Number(asked);
  for (const candidate of asked === undefined ? [USUAL_PORT, 0] : [0]) {
    const probe = createServer();
    probe.listen(candidate, '0.0.0.0');
    const taken = await Promise.race([once(probe, 'listening').then(() => undefined), once(probe, 'error')]).catch(
      () => 'taken',
    );
    const address = probe.address();
    if (taken !== undefined || address === null || typeof address === 'string') continue;
    const { port } = address;
    probe.close();
    await once(probe, 'close');
    return port;
  }
  throw new CliError('no-port', 'no port is free');
}

await runProcess(
  [
    {
      name: 'demo',
      group: 'Demo:',
      summary: 'six real machines with pending security updates',
      load: async () => (program, cli) => {
        program
          .command('demo')
          .description(
            'A server and six real Debian machines on this one, with genuine pending security updates, until Ctrl-C.',
          )
          .action(() => demo(cli));
      },
    },
  ],
  ['demo', ...process.argv.slice(2)],
);
