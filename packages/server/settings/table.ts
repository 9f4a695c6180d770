/** How one setting is read. The name gives its flag (--kebab-case), variable (THIMBLE_UPPER_CASE) and file key (kebab-case). */
export interface Setting {
  readonly name: string;
  readonly type: 'text' | 'path' | 'url' | 'port' | 'integer' | 'boolean' | 'choice' | 'zone';
  /** Undefined: not set; the description says what happens then. */
  readonly default: string | number | boolean | undefined;
  readonly description: string;
  /** Smallest and largest value of an integer. */
  readonly range?: readonly [number, number];
  readonly choices?: readonly string[];
  /** Never shown in logs or in help as a value. */
  readonly secret?: boolean;
}

/** Every setting of the server, once. Parsing, --help and docs/settings.md are made from this table. */
export const settingsTable = [
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
    name: 'databaseUrl',
    type: 'url',
    default: undefined,
    secret: true,
    description:
      'URL of your own PostgreSQL (15 or newer), postgresql://user:password@host/database. Without it an embedded PostgreSQL runs in the data directory. Other users can read flags (ps), so prefer the variable or the file.',
  },
  {
    name: 'databasePoolSize',
    type: 'integer',
    range: [2, 200],
    default: 10,
    description: 'Largest number of database connections that this server opens for requests.',
  },
  {
    name: 'postgresSharedBuffersMb',
    type: 'integer',
    range: [1, 65_536],
    default: 64,
    description: 'Buffer memory of the embedded PostgreSQL, in MB.',
  },
  {
    name: 'postgresConnections',
    type: 'integer',
    range: [10, 500],
    default: 40,
    description: 'Largest number of connections that the embedded PostgreSQL accepts.',
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
    name: 'orderKey',
    type: 'path',
    default: undefined,
    description: 'PEM file (PKCS #8) of the Ed25519 key that signs orders. Without it one is made in DATA/keys.',
  },
  {
    name: 'logKey',
    type: 'path',
    default: undefined,
    description:
      'PEM file (PKCS #8) of the Ed25519 key that signs checkpoints of the evidence. Without it one is made in DATA/keys.',
  },
  {
    name: 'secretsKey',
    type: 'text',
    default: undefined,
    secret: true,
    description:
      'Key under which secrets in the database are sealed: 32 bytes in base64 (`openssl rand -base64 32`), or several separated by commas, of which the first seals and all open. Without it and the next two, one is made in DATA/keys. Other users can read flags (ps), so prefer the variable.',
  },
  {
    name: 'secretsKeyFile',
    type: 'path',
    default: undefined,
    description: 'File of the key for secrets; several keys stand on a line each.',
  },
  {
    name: 'secretsKeyCommand',
    type: 'path',
    default: undefined,
    description:
      'Program that prints the key for secrets, run once at start without a shell and without words: the way to a key management service.',
  },
  {
    name: 'witnessKeys',
    type: 'text',
    default: undefined,
    description:
      'Verifier keys (NAME+ID+KEY, c2sp.org/tlog-cosignature) of witnesses that may cosign checkpoints of the evidence, separated by commas.',
  },
  {
    name: 'evidenceDays',
    type: 'integer',
    range: [30, 36_500],
    default: undefined,
    description:
      'Days after which records of the evidence lose their content. Their digests and proofs stay. Without it everything is kept.',
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
    name: 'checkInIntervalS',
    type: 'integer',
    range: [5, 86_400],
    default: 60,
    description: 'Seconds between two check-ins of an agent.',
  },
  {
    name: 'agentKeyDays',
    type: 'integer',
    range: [0, 3650],
    default: 90,
    description: 'Days after which an endpoint is told to make itself a new key. 0: only when somebody says so.',
  },
  {
    name: 'agentUpdates',
    type: 'path',
    default: undefined,
    description:
      'Folder of the repository of agents (TUF) that is served to endpoints. Without it DATA/updates; where that does not exist there are no updates of agents.',
  },
  {
    name: 'agentUpdatePercent',
    type: 'integer',
    range: [0, 100],
    default: 0,
    description:
      'How many of the endpoints are told that they may look for a new version of the agent: always the same ones first. 0: none.',
  },
  {
    name: 'heldRequestS',
    type: 'integer',
    range: [1, 55],
    default: 50,
    description: 'Longest time in seconds for which an agent\u2019s request for orders is held open.',
  },
  {
    name: 'timeZone',
    type: 'zone',
    default: 'UTC',
    description:
      'IANA time zone in which windows are for endpoints that have none of their own, such as Europe/Berlin.',
  },
  {
    name: 'requestsPerMinute',
    type: 'integer',
    range: [10, 1_000_000],
    default: 3000,
    description: 'Requests of one session or API token a minute; what is more is answered with 429.',
  },
  {
    name: 'addressRequestsPerMinute',
    type: 'integer',
    range: [10, 1_000_000],
    default: 12_000,
    description:
      'Requests of people from one address a minute, signed in or not. Behind a proxy all people have one address.',
  },
  {
    name: 'agentRequestsPerMinute',
    type: 'integer',
    range: [10, 1_000_000],
    default: 600,
    description: 'Requests of one endpoint a minute, content not counted.',
  },
  {
    name: 'sessionHours',
    type: 'integer',
    range: [1, 720],
    default: 12,
    description: 'Hours after which a person has to sign in again.',
  },
  {
    name: 'sessionIdleMinutes',
    type: 'integer',
    range: [5, 43_200],
    default: 120,
    description:
      'Minutes without a request after which a person has to sign in again. An open console asks each minute.',
  },
  {
    name: 'identityProviderHosts',
    type: 'text',
    default: undefined,
    description:
      'Hosts of identity providers that are inside your own network, separated by commas. Without it only public ones are asked, by https.',
  },
  {
    name: 'signInLinkMinutes',
    type: 'integer',
    range: [1, 1_440],
    default: 30,
    description: 'Minutes for which a sign-in link works.',
  },
  {
    name: 'feeds',
    type: 'choice',
    choices: ['auto', 'off'],
    default: 'auto',
    description:
      'Whether advisories are fetched from their publishers: `auto` those that the fleet’s software needs; `off` none, they come by import.',
  },
  {
    name: 'feedMirror',
    type: 'url',
    default: undefined,
    description:
      'Address (http or https) of a mirror that has a folder for each feed, as `thimble feeds serve` gives it. Without it the publishers are asked.',
  },
  {
    name: 'feedProxy',
    type: 'url',
    default: undefined,
    secret: true,
    description: 'HTTP proxy by which feeds are fetched. Without it the publishers are asked directly.',
  },
  {
    name: 'feedNoProxy',
    type: 'text',
    default: undefined,
    description: 'Hosts that are asked without the proxy, separated by commas.',
  },
  {
    name: 'feedKeys',
    type: 'text',
    default: undefined,
    description:
      'Fingerprints of the keys whose bundles of advisories may be imported, separated by commas (`thimble feeds key` shows one).',
  },
  {
    name: 'contentStore',
    type: 'path',
    default: undefined,
    description: 'Folder of the content store: every package once, named by its digest. Without it DATA/content.',
  },
  {
    name: 'contentS3Bucket',
    type: 'text',
    default: undefined,
    description:
      'Bucket of an S3 service that holds the content store instead of a folder; work files stay in the folder.',
  },
  {
    name: 'contentS3Endpoint',
    type: 'url',
    default: undefined,
    description: 'Address of an S3 service that is not Amazon’s.',
  },
  {
    name: 'contentS3Region',
    type: 'text',
    default: 'us-east-1',
    description: 'Region of the bucket.',
  },
  {
    name: 'contentS3Prefix',
    type: 'text',
    default: undefined,
    description: 'What the names of the content store’s objects begin with in the bucket. Without it nothing.',
  },
  {
    name: 'contentS3AccessKey',
    type: 'text',
    default: undefined,
    description:
      'Access key for the bucket. Without it the usual places of the environment (AWS_…, profile, instance role) are asked.',
  },
  {
    name: 'contentS3SecretKey',
    type: 'text',
    default: undefined,
    secret: true,
    description: 'Secret key for the bucket. Other users can read flags (ps), so prefer the variable or the file.',
  },
  {
    name: 'contentAccess',
    type: 'choice',
    choices: ['agents', 'open'],
    default: 'agents',
    description:
      'Who may read content: `agents` those with a ticket, a token or a sign-in; `open` everybody who reaches this server, which makes it a public mirror of all repositories.',
  },
  {
    name: 'contentReserveMb',
    type: 'integer',
    range: [0, 100_000_000],
    default: 1024,
    description:
      'Free space in MB on the content store’s disk below which nothing is acquired any more; serving goes on.',
  },
  {
    name: 'contentBandwidthKb',
    type: 'integer',
    range: [1, 100_000_000],
    default: undefined,
    description: 'Kilobytes (1000 bytes) a second that all acquiring takes together. Without it there is no limit.',
  },
  {
    name: 'contentPreStageKb',
    type: 'integer',
    range: [1, 100_000_000],
    default: undefined,
    description:
      'Kilobytes (1000 bytes) a second that one endpoint takes when it fetches files ahead of their installation. Without it there is no limit.',
  },
  {
    name: 'contentProxy',
    type: 'url',
    default: undefined,
    secret: true,
    description: 'HTTP proxy by which content is fetched from its publishers. Without it they are asked directly.',
  },
  {
    name: 'contentNoProxy',
    type: 'text',
    default: undefined,
    description: 'Hosts that are asked for content without the proxy, separated by commas.',
  },
  {
    name: 'contentPerHost',
    type: 'integer',
    range: [1, 64],
    default: 4,
    description: 'Transfers at a time from one publisher’s host.',
  },
  {
    name: 'prometheusUrl',
    type: 'url',
    default: undefined,
    secret: true,
    description:
      'Address (http or https) of the Prometheus that probes of rollout gates ask, such as http://prometheus.internal:9090; it may have a user and a password. Without it a gate with a probe stays closed.',
  },
] as const satisfies readonly Setting[];

type Entry = (typeof settingsTable)[number];

type ValueOf<E extends Entry> = E extends { type: 'port' | 'integer' }
  ? number
  : E extends { type: 'boolean' }
    ? boolean
    : E extends { choices: readonly (infer C)[] }
      ? C
      : string;

/** The parsed settings, `data` resolved to a real path. */
export type Settings = {
  readonly [E in Entry as E['name']]: E['name'] extends 'data'
    ? string
    : E extends { default: undefined }
      ? ValueOf<E> | undefined
      : ValueOf<E>;
};
