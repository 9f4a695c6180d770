import type { Setting } from './setting.ts';

/** What the server is called, where it listens, what it logs. */
export const serverSettings = [
  {
    name: 'config',
    type: 'path',
    default: undefined,
    description: 'File of settings, lines of `key = value`. Without it /etc/thimble/thimble.conf is read if it exists.',
  },
  {
    name: 'data',
    type: 'path',
    default: undefined,
    description:
      'Data directory: database, keys, certificates, content. Without it: /var/lib/thimble for root, else $XDG_DATA_HOME/thimble or ~/.local/share/thimble.',
  },
  { name: 'host', type: 'text', default: '0.0.0.0', description: 'Address to listen on.' },
  {
    name: 'port',
    type: 'port',
    default: 8443,
    description: 'Port to listen on, for HTTPS and, from this machine only, plain HTTP. 0 takes any free port.',
  },
  {
    name: 'publicUrl',
    type: 'url',
    default: undefined,
    description: 'Address by which people and agents reach this server. Without it: https://HOSTNAME:PORT.',
  },
  {
    name: 'tlsCert',
    type: 'path',
    default: undefined,
    description:
      'PEM file of the TLS certificate with its chain. Without it the server makes its own CA and certificate.',
  },
  { name: 'tlsKey', type: 'path', default: undefined, description: 'PEM file of the TLS private key.' },
  {
    name: 'trustedProxies',
    type: 'text',
    default: undefined,
    description:
      'Addresses and networks of proxies before this server, with commas between. X-Forwarded-For is believed from them alone; without it from nobody.',
  },
  {
    name: 'logLevel',
    type: 'choice',
    choices: ['silent', 'error', 'warn', 'info', 'debug', 'trace'],
    default: 'info',
    description: 'Least severity that is logged.',
  },
  {
    name: 'logFormat',
    type: 'choice',
    choices: ['auto', 'json', 'text'],
    default: 'auto',
    description: 'Form of log lines; `auto` is text on a terminal and JSON elsewhere.',
  },
  {
    name: 'timeZone',
    type: 'zone',
    default: 'UTC',
    description:
      'IANA time zone in which windows are for endpoints that have none of their own, such as Europe/Berlin.',
  },
] as const satisfies readonly Setting[];
