import { join } from 'node:path';
import {
  type Acquirer,
  type AcquirerSettings,
  type ContentStore,
  createAcquirer,
  openFolderStore,
  openS3Store,
} from '@thimble/content';
import type { ServerContext } from '../context.ts';
import { asSystem } from '../storage/index.ts';
import { type ConfiguredHosts, watchConfiguredHosts } from './configured-hosts.ts';
import { createFetchLock } from './fetch-lock.ts';
import { knownObject, recordObject } from './objects.ts';

const USER_AGENT = 'Thimble/0.1 (security patch management)';

/** Where content is, and how more of it comes. */
export interface Content {
  readonly store: ContentStore;
  readonly acquirer: Acquirer;
  /** Looks again which hosts people have configured: what they add counts at once. */
  readonly heedRepositories: () => Promise<void>;
}

interface Opened {
  readonly content: Content;
  readonly close: () => Promise<void>;
}

const opened = new WeakMap<ServerContext, Promise<Opened>>();

/** The content store and the acquirer of this server, opened with the first use. @throws StoreError */
export async function contentOf(context: ServerContext): Promise<Content> {
  let content = opened.get(context);
  if (content === undefined) {
    content = asSystem(() => open(context));
    opened.set(context, content);
    // A disk or a service that is not there now may be there the next time.
    content.catch(() => opened.delete(context));
  }
  return (await content).content;
}

/** Stops transfers; partial files stay for the next start. */
export async function closeContent(context: ServerContext): Promise<void> {
  const content = await opened.get(context)?.catch(() => undefined);
  opened.delete(context);
  await content?.close();
}

async function open(context: ServerContext): Promise<Opened> {
  const store = await openStore(context);
  const hosts = await watchConfiguredHosts(context);
  const lock = createFetchLock(context, store);
  const acquirer = await createAcquirer(acquirerSettings(context, hosts, lock.lock), store);
  return {
    content: { store, acquirer, heedRepositories: () => asSystem(hosts.refresh) },
    close: async () => {
      await acquirer.close();
      hosts.close();
      await lock.close();
    },
  };
}

async function openStore({ settings }: ServerContext): Promise<ContentStore> {
  const folder = settings.contentStore ?? join(settings.data, 'content');
  const { contentS3Bucket: bucket, contentS3AccessKey: accessKeyId, contentS3SecretKey: secretAccessKey } = settings;
  if (bucket === undefined) return openFolderStore(folder);
  return openS3Store({
    bucket,
    prefix: settings.contentS3Prefix ?? '',
    endpoint: settings.contentS3Endpoint ?? null,
    region: settings.contentS3Region,
    credentials: accessKeyId === undefined || secretAccessKey === undefined ? null : { accessKeyId, secretAccessKey },
    workDirectory: folder,
  });
}

function acquirerSettings(
  context: ServerContext,
  hosts: ConfiguredHosts,
  lock: NonNullable<AcquirerSettings['lock']>,
): AcquirerSettings {
  const { settings } = context;
  return {
    userAgent: USER_AGENT,
    proxy: settings.contentProxy ?? null,
    ...(settings.contentNoProxy === undefined ? {} : { noProxy: settings.contentNoProxy }),
    bandwidthBytesPerSecond: settings.contentBandwidthKb === undefined ? null : settings.contentBandwidthKb * 1000,
    perHost: settings.contentPerHost,
    reserveBytes: settings.contentReserveMb * 1_000_000,
    isConfigured: hosts.isConfigured,
    now: context.clock,
    lock,
    // Who asked first is not the only one whose transfer it is.
    known: (check) => asSystem(() => knownObject(context, check)),
    onStored: (file) => asSystem(() => recordObject(context, file)),
  };
}
