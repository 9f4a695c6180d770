import { apiSocketPath } from '@thimble/server/api-socket';
import { loadSettings, processSources } from '@thimble/server/settings';
import { type Client, createClient, type Target } from '../client/index.ts';
import { usageError } from '../cli-error.ts';
import type { Cli } from '../cli.ts';
import type { ConnectionOptions } from './options.ts';

export function connect(cli: Cli, options: ConnectionOptions): Client {
  return createClient({ ...chooseTarget(cli, options), organisation: options.organisation });
}

/** `--server`, else the server on this machine. A data directory given on the command line goes before THIMBLE_SERVER. */
export function chooseTarget(cli: Cli, options: ConnectionOptions): Target {
  const { server } = options;
  if (
    server === undefined ||
    (options.data !== undefined && server === cli.env['THIMBLE_SERVER'] && options.data !== cli.env['THIMBLE_DATA'])
  )
    return { kind: 'socket', path: apiSocketPath(dataDirectory(cli, options.data)) };
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol))
    throw usageError(
      `--server ${JSON.stringify(server)} is not an address`,
      'For example: --server https://patch.example.org:8443',
    );
  const url = new URL(server);
  if (options.token === undefined)
    throw usageError(
      'a server elsewhere needs a token',
      'Make one there with `thimble tokens create NAME`, then give it with --token or THIMBLE_TOKEN.',
    );
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw usageError(`${url.origin} would send the token unencrypted`, 'Use the https:// address of the server.');
  return { kind: 'url', url, token: options.token, caFingerprint: options.caFingerprint };
}

/** As the server itself finds it: flag, environment, settings file, default. */
export function dataDirectory(cli: Cli, flag: string | undefined): string {
  return loadSettings({
    ...processSources(flag === undefined ? [] : ['--data', flag]),
    environment: cli.env,
    uid: cli.uid,
  }).data;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
