import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import { normaliseFingerprint } from '../client/index.ts';
import type { RelayPlan } from '../relay/run-relay.ts';
import { examples, wholeNumber } from './options.ts';

const DEFAULT_PORT = 8444;
const GB = 1_000_000_000;
const MB = 1_000_000;

const UNIT = `
A service for systemd, /etc/systemd/system/thimble-relay.service:

  [Unit]
  Description=Thimble relay
  After=network-online.target
  Wants=network-online.target
  [Service]
  EnvironmentFile=/etc/thimble/relay.env
  ExecStart=/usr/bin/thimble relay
  DynamicUser=yes
  StateDirectory=thimble-relay
  Environment=THIMBLE_RELAY_DATA=/var/lib/thimble-relay
  Restart=always
  [Install]
  WantedBy=multi-user.target

with THIMBLE_UPSTREAM, THIMBLE_RELAY_TOKEN and THIMBLE_CA_FINGERPRINT in relay.env, which only root can read.`;

interface RelayOptions {
  readonly upstream: string;
  readonly token: string;
  readonly caFingerprint?: string;
  readonly listen: { readonly host: string | null; readonly port: number };
  readonly data?: string;
  readonly cacheGb: number;
  readonly publicUrl?: string;
  readonly rateMb?: number;
}

export function relayCommand(program: Command, cli: Cli): void {
  const command = program
    .command('relay')
    .description(
      'Serve content near endpoints: fetched once from the server, kept, and served on when the link to it is down. It needs no trust and no database.',
    )
    .addOption(option('--upstream <url>', 'the server', 'THIMBLE_UPSTREAM').makeOptionMandatory())
    .addOption(
      option(
        '--token <token>',
        'of this relay (thimble content relays create)',
        'THIMBLE_RELAY_TOKEN',
      ).makeOptionMandatory(),
    )
    .addOption(
      option('--ca-fingerprint <sha256>', 'the CA that signed the server’s certificate', 'THIMBLE_CA_FINGERPRINT'),
    )
    .addOption(
      option('--listen <host:port>', 'where endpoints are answered', 'THIMBLE_RELAY_LISTEN')
        .argParser(listenAddress)
        .default({ host: null, port: DEFAULT_PORT }, `*:${DEFAULT_PORT}`),
    )
    .addOption(option('--data <directory>', 'cache, certificate and what it knows', 'THIMBLE_RELAY_DATA'))
    .addOption(
      option('--cache-gb <number>', 'how much is kept', 'THIMBLE_RELAY_CACHE_GB')
        .argParser(wholeNumber(1, 100_000))
        .default(50),
    )
    .addOption(
      option('--public-url <url>', 'how endpoints reach it, if not by this machine’s name', 'THIMBLE_RELAY_PUBLIC_URL'),
    )
    .addOption(
      option('--rate-mb <number>', 'at most so many MB a second from the server', 'THIMBLE_RELAY_RATE_MB').argParser(
        wholeNumber(1, 100_000),
      ),
    );
  examples(command, [
    [
      'thimble relay --upstream https://patch.example.org:8443 --token T --ca-fingerprint F',
      'as the server printed it',
    ],
    ['thimble relay … --listen 10.2.0.5:8444 --public-url https://10.2.0.5:8444', 'where names are not to be had'],
    ['thimble relay … --cache-gb 200 --rate-mb 5', 'a large cache behind a thin line'],
  ]);
  command.addHelpText('after', UNIT);
  command.action(async (options: RelayOptions) => {
    const plan = planOf(cli, options);
    const { runRelay } = await import('../relay/run-relay.ts');
    await runRelay(cli, plan);
  });
}

function option(flags: string, meaning: string, variable: string): Option {
  return new Option(flags, meaning).env(variable);
}

function planOf(cli: Cli, options: RelayOptions): RelayPlan {
  const upstream = addressOf('--upstream', options.upstream);
  if (upstream.protocol === 'http:' && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(upstream.hostname))
    throw usageError(`${upstream.origin} would send the token unencrypted`, 'Use the https:// address of the server.');
  const caFingerprint = options.caFingerprint === undefined ? null : normaliseFingerprint(options.caFingerprint);
  if (caFingerprint === undefined)
    throw usageError(
      `${JSON.stringify(options.caFingerprint)} is not a SHA-256 fingerprint`,
      'It has 64 hexadecimal digits; colons between them are fine.',
    );
  return {
    upstream,
    token: options.token,
    caFingerprint,
    ...options.listen,
    directory: options.data ?? defaultDirectory(cli),
    cacheLimitBytes: options.cacheGb * GB,
    publicUrl: options.publicUrl === undefined ? null : addressOf('--public-url', options.publicUrl),
    bandwidthBytesPerSecond: options.rateMb === undefined ? null : options.rateMb * MB,
  };
}

function addressOf(flag: string, text: string): URL {
  const url = URL.parse(text);
  if (
    url === null ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search !== '' ||
    url.username !== ''
  )
    throw usageError(
      `${flag} ${JSON.stringify(text)} is not the address of a server`,
      'For example: https://patch.example.org:8443',
    );
  return url;
}

function defaultDirectory({ env, uid }: Cli): string {
  if (uid === 0) return '/var/lib/thimble-relay';
  return join(env['XDG_DATA_HOME'] ?? join(env['HOME'] ?? homedir(), '.local', 'share'), 'thimble-relay');
}

/** `10.2.0.5:8444`, `[::1]:8444`, `:8444` or `8444`. */
function listenAddress(text: string): RelayOptions['listen'] {
  const match = /^(?:\[([0-9a-f:.]+)\]:|([^:[\]\s]*):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new InvalidArgumentError('It has to be HOST:PORT, as 10.2.0.5:8444.');
  const host = match[1] ?? match[2] ?? '';
  return { host: host === '' || host === '*' ? null : host, port };
}
