import { generateSigningKey, signingKeyFromPem, signingKeyToPem, type SigningKey } from '@thimble/protocol/signing';
import type { EnrolReply } from '@thimble/protocol';
import { AgentError } from '../agent-error.ts';
import { readChecked, writeChecked } from './checked-file.ts';
import type { Disk } from './disk.ts';

/** Who this endpoint is, to whom it belongs, and whom it believes. Written once, by enrolment. */
export interface Identity {
  readonly format: 1;
  readonly serverUrl: string;
  /** SHA-256 over the DER of the pinned certificate and the certificate itself; null: the system's trust store. */
  readonly pin: { readonly fingerprint: string; readonly certificatePem: string } | null;
  readonly endpointId: string;
  readonly organisationId: string;
  readonly organisationName: string;
  readonly orderKeys: EnrolReply['orderKeys'];
  /** Of the list that these are; left out: 0. */
  readonly orderKeysSequence?: number;
  readonly checkInIntervalSeconds: number;
  /** ISO 8601. */
  readonly enrolledAt: string;
  /** Digest of the id of the machine that was enrolled; left out: it has none, or an older agent did it. */
  readonly machine?: string;
}

const IDENTITY = 'identity';
const NEXT = 'next-';
export const KEY_FILE = 'key.pem';
/** A key that is to take the place of the present one; see `own-key/change-key.ts`. */
export const NEW_KEY_FILE = 'new-key.pem';
/** The key before the present one, for a server that was restored from a time when it held. */
export const FORMER_KEY_FILE = 'former-key.pem';
/** How copies of this machine enrol; see `enrolment/template.ts`. It stays when the endpoint enrols anew. */
export const TEMPLATE_FILE = 'template';
/** What the server last said of this endpoint's standing. */
export const STANDING_FILE = 'standing';
/** Whom the endpoint believes besides its enrolment: belongs to it, and goes with it. */
export const TRUST_FILE = 'trust';

/** @returns null when the endpoint is not enrolled. @throws AgentError `state-damaged` */
export async function readIdentity(disk: Disk): Promise<Identity | null> {
  return (await readChecked(disk, IDENTITY, 'identity')) as Identity | null;
}

export async function writeIdentity(disk: Disk, identity: Identity): Promise<void> {
  await writeChecked(disk, IDENTITY, 'identity', identity);
}

export async function removeIdentity(disk: Disk): Promise<void> {
  for (const name of [
    IDENTITY,
    KEY_FILE,
    NEW_KEY_FILE,
    FORMER_KEY_FILE,
    TEMPLATE_FILE,
    STANDING_FILE,
    'journal',
    'sequences',
    TRUST_FILE,
    'orders',
    'outcomes',
    'documents',
  ])
    for (const each of [name, NEXT + name]) await disk.remove(each);
}

/**
 * Where a new enrolment is prepared beside the present one: the same names, each with a prefix. The identity is written
 * last and is the decision: from then on the new enrolment is the one that holds, see `completeSwitch`.
 */
export function besides(disk: Disk): Disk {
  return {
    read: (name) => disk.read(NEXT + name),
    write: (name, data) => disk.write(NEXT + name, data),
    remove: (name) => disk.remove(NEXT + name),
    list: (folder) => disk.list(NEXT + folder),
  };
}

/** Puts a prepared enrolment in the place of the present one. Cut off anywhere, it is completed by the next call. */
export async function completeSwitch(disk: Disk): Promise<void> {
  if ((await disk.read(NEXT + IDENTITY)) === null) return;
  for (const name of ['journal', TRUST_FILE, NEW_KEY_FILE, FORMER_KEY_FILE, STANDING_FILE]) await disk.remove(name);
  for (const folder of ['orders', 'outcomes', 'documents'])
    for (const name of await disk.list(folder)) await disk.remove(`${folder}/${name}`);
  for (const name of [KEY_FILE, 'sequences', TRUST_FILE, IDENTITY]) {
    const data = await disk.read(NEXT + name);
    if (data !== null) await disk.write(name, data);
  }
  for (const name of [IDENTITY, KEY_FILE, 'sequences', TRUST_FILE]) await disk.remove(NEXT + name);
}

/** @throws AgentError `state-damaged` when there is none, or it is not an Ed25519 key. */
export async function readKey(disk: Disk): Promise<SigningKey> {
  const pem = await disk.read(KEY_FILE);
  if (pem === null) throw damagedKey('it is missing');
  try {
    return signingKeyFromPem(pem.toString('utf8'));
  } catch (cause) {
    throw damagedKey((cause as Error).message, cause);
  }
}

/** The key that is there already (an enrolment that was cut off is repeated with the same key), or a new one. */
export async function makeKey(disk: Disk): Promise<SigningKey> {
  if ((await disk.read(KEY_FILE)) !== null) return readKey(disk);
  const key = generateSigningKey();
  await disk.write(KEY_FILE, signingKeyToPem(key));
  return key;
}

function damagedKey(why: string, cause?: unknown): AgentError {
  const message = `this endpoint's key can't be used: ${why}. Enrol the endpoint anew (thimble agent enroll --force)`;
  return new AgentError('state-damaged', 'host', message, { cause });
}
