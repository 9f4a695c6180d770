import type { Setting } from './setting.ts';

/** Where patches are kept, and what their transfer may cost. */
export const contentSettings = [
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
] as const satisfies readonly Setting[];
