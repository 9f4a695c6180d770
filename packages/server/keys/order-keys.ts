import { join } from 'node:path';
import { type SigningKey, signingKeyFromPem, signingKeyToPem } from '@thimble/protocol/signing';
import { type Kysely, sql } from 'kysely';
import type { Logger } from 'pino';
import type { EventBus } from '../events/index.ts';
import type { Secrets } from '../secrets/index.ts';
import type { Settings } from '../settings/index.ts';
import { type Database, type Tables, asSystem } from '../storage/index.ts';
import { readIfPresent, writePrivateFile } from '../tls/index.ts';
import { assertKey } from './assert-key.ts';
import { type OrderKeyChain, readOrderKeyChain } from './order-key-chain.ts';
import { loadSigningKey, ServerKeyError } from './signing-key.ts';

/** The keys that sign orders, as this server has them; one for each process. */
export interface OrderKeys {
  /** Signs now. The private half never leaves this process, its file, and the seal under which servers hand it over. */
  readonly present: SigningKey;
  /** As it was last read. */
  readonly known: OrderKeyChain;
  /** The same once a change that was heard of is taken. */
  chain(): Promise<OrderKeyChain>;
  /** Takes what another server, or this one, has put in the database. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

export interface OrderKeysOptions {
  readonly database: Database;
  readonly settings: Pick<Settings, 'data' | 'orderKey'>;
  readonly secrets: Secrets;
  readonly events: EventBus;
  readonly clock: () => Date;
  readonly log: Pick<Logger, 'error' | 'warn' | 'info'>;
  readonly organisationId: string;
}

/** What replicas hear when there is another list. */
export const ORDER_KEYS_TOPIC = 'order-keys';
export const SEALED_ORDER_KEY = 'order_key.private_key_sealed';
/** Should the word of a new key be lost; far shorter than a key before it goes on to count. */
const REFRESH_MS = 30_000;

/**
 * Opens the key that signs now. What the database says decides, and the file follows it: a server that was off or killed while the key
 * was replaced takes the new one from under its seal, so there is no moment at which a file and the database could disagree for good.
 *
 * @throws ServerKeyError `order-key-missing`, `order-key-differs`; KeyError; SecretsError
 */
export async function openOrderKeys(options: OrderKeysOptions): Promise<OrderKeys> {
  const { database, events, clock, log } = options;
  let present = await firstKey(options);
  let known = await readKnown(database.kysely, clock());
  let refreshing: Promise<void> = Promise.resolve();

  async function take(): Promise<void> {
    const chain = await readKnown(database.kysely, clock());
    const [signer] = chain.keys;
    if (signer !== undefined && signer.keyid !== present.keyid) {
      present = await handedOver(options, signer.keyid);
      await putDown(options, present);
      log.info({ keyid: present.keyid, list: chain.sequence }, 'orders are signed with another key from now on');
    }
    known = chain;
  }
  function refresh(): Promise<void> {
    refreshing = refreshing.then(() =>
      asSystem(take).catch((error: unknown) =>
        log.error({ err: error }, 'the order key was replaced, and this server could not take the new one'),
      ),
    );
    return refreshing;
  }
  const unsubscribe = events.subscribe(({ topic }) => {
    if (topic === ORDER_KEYS_TOPIC || topic === 'resync') void refresh();
  });
  const timer = setInterval(() => void refresh(), REFRESH_MS);
  return {
    get present() {
      return present;
    },
    get known() {
      return known;
    },
    async chain() {
      await refreshing;
      return known;
    },
    refresh,
    close: async () => {
      unsubscribe();
      clearInterval(timer);
      await refreshing;
    },
  };
}

async function firstKey(options: OrderKeysOptions): Promise<SigningKey> {
  const { database, settings, clock, organisationId } = options;
  const inFile = await loadSigningKey('order-key', settings.data, settings.orderKey);
  const chain = await readOrderKeyChain(database.kysely, clock());
  const [signer] = chain?.keys ?? [];
  if (signer === undefined) {
    await assertKey(database, organisationId, 'order-key', inFile);
    await recordFirst(options, inFile);
    return inFile;
  }
  if (signer.keyid === inFile.keyid) return inFile;
  const key = await handedOver(options, signer.keyid);
  await putDown(options, key);
  return key;
}

/** Those who start at the same time have the same key: `assertKey` saw to it. */
async function recordFirst({ database, clock, organisationId }: OrderKeysOptions, key: SigningKey): Promise<void> {
  const { keyid, publicKey } = key;
  await database.kysely.transaction().execute(async (within) => {
    await sql`
      insert into order_key (keyid, organisation_id, public_key, made_at, made_by)
      values (${keyid}, ${organisationId}, ${publicKey}, ${clock()}, 'the server')
      on conflict do nothing`.execute(within);
    await sql`
      insert into order_key_list (sequence, keys, issued_at)
      values (0, ${JSON.stringify([{ keyid, publicKey }])}::jsonb, ${clock()}) on conflict do nothing`.execute(within);
  });
}

/** @throws ServerKeyError `order-key-differs` when only a file has it, and none of ours */
async function handedOver(options: OrderKeysOptions, keyid: string): Promise<SigningKey> {
  const { database, secrets } = options;
  const { rows } = await sql<{ sealed: Buffer | null }>`
    select private_key_sealed as sealed from order_key where keyid = ${keyid}`.execute(database.kysely);
  const sealed = rows[0]?.sealed ?? null;
  if (sealed !== null) return signingKeyFromPem(secrets.open(SEALED_ORDER_KEY, sealed).toString('utf8'));
  // A database that was brought back from before a rotation.
  const kept = await readIfPresent(keptPath(options, keyid));
  if (kept !== undefined) return signingKeyFromPem(kept);
  throw new ServerKeyError(
    'order-key-differs',
    `the endpoints of this database trust the order key ${keyid}, and this server has another. ` +
      `Give it the same key file with --order-key (DATA/keys/order-key.pem of the server that made it, or its backup).`,
  );
}

/**
 * In the place of the key before, which stays beside it under its own name: an older database that is brought back needs it. Where the
 * file may not be written, the database goes on to hand the key over at each start.
 */
async function putDown(options: OrderKeysOptions, key: SigningKey): Promise<void> {
  const path = pathOf(options);
  const pem = signingKeyToPem(key);
  try {
    const before = await readIfPresent(path);
    if (before === pem) return;
    if (before !== undefined) await writePrivateFile(keptPath(options, signingKeyFromPem(before).keyid), before);
    await writePrivateFile(path, pem);
  } catch (error) {
    options.log.warn(
      { err: error, path },
      'the file of the order key still has the key before: this server may not write it',
    );
  }
}

function pathOf({ settings }: OrderKeysOptions): string {
  return settings.orderKey ?? join(settings.data, 'keys', 'order-key.pem');
}

function keptPath(options: OrderKeysOptions, keyid: string): string {
  return `${pathOf(options).replace(/\.pem$/, '')}-${keyid.slice(0, 16)}.pem`;
}

async function readKnown(within: Kysely<Tables>, now: Date): Promise<OrderKeyChain> {
  const chain = await readOrderKeyChain(within, now);
  if (chain === undefined) throw new Error('the database has no order key');
  return chain;
}
