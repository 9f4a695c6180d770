import { EMPTY_TRUST } from '@thimble/agent-core';
import { LIMITS, type EnrolReply } from '@thimble/protocol';
import { AgentError } from '../agent-error.ts';
import { systemClock, type Clock } from '../clock.ts';
import { createServer } from '../connection/server.ts';
import { ServerFailure } from '../connection/server-failure.ts';
import { createSignedRequests } from '../connection/signed-requests.ts';
import { fetchPinnedCertificate, parseFingerprint } from '../connection/tls.ts';
import { createTransport } from '../connection/transport.ts';
import { SILENT } from '../log.ts';
import { openDisk, type Disk } from '../state/disk.ts';
import {
  besides,
  completeSwitch,
  KEY_FILE,
  makeKey,
  readIdentity,
  readKey,
  writeIdentity,
  type Identity,
} from '../state/identity.ts';
import { lockState } from '../state/lock.ts';
import { openSequences } from '../state/sequences.ts';
import { parseApproversPin } from '../trust/approvers-pin.ts';
import { openTrust } from '../trust/trust.ts';
import { readTrust, writeTrust } from '../trust/trust-file.ts';
import { machineDigest, machineFacts } from './machine-facts.ts';
import { writeTemplate } from './template.ts';

export interface EnrollOptions {
  readonly serverUrl: string;
  readonly token: string;
  /** SHA-256 over the DER of a certificate in the server's chain; left out: the system's trust store decides. */
  readonly caFingerprint?: string;
  readonly stateDirectory: string;
  /**
   * SHA-256 of the payload of the set of approvers that this endpoint begins with; left out: the first that the server shows.
   * Until that set has come, nothing that needs approvers is done.
   */
  readonly approversSha256?: string;
  /** Leave the present enrolment (its key, orders and outcomes are removed) and enrol anew. */
  readonly force?: boolean;
  /** Keep server and token, so that copies of this machine enrol by themselves. */
  readonly template?: boolean;
  readonly clock?: Clock;
  /** Digest of the machine's id, null: it has none; left out: this machine's own. */
  readonly machine?: () => Promise<string | null>;
}

/** `already`: enrolled with this server before; nothing was changed. */
export interface Enrolled {
  readonly identity: Identity;
  readonly already: boolean;
  /** A person has to let it in; only known of a new enrolment. */
  readonly waiting: boolean;
  /** Fingerprint of its key: whoever lets it in compares it. */
  readonly keyid: string;
}

/**
 * Makes the endpoint's key and introduces it to the server. Whatever cuts it off, it can be repeated: the key is kept
 * until the server knows it.
 *
 * @throws AgentError `bad-server-url`, `bad-fingerprint`, `bad-approvers`, `fingerprint-mismatch`, `bad-token`, `clock-skew`,
 *   `already-enrolled` (with another server, without `force`), `already-running`, `enrolment-refused`
 * @throws ServerFailure `unreachable`, `untrusted` ...
 */
export async function enroll(options: EnrollOptions): Promise<Enrolled> {
  const disk = await openDisk(options.stateDirectory);
  // An agent that runs would go on with the identity that is replaced.
  const lock = await lockState(options.stateDirectory);
  try {
    const enrolled = await enrollLocked(disk, options);
    const { serverUrl, token, caFingerprint = null } = options;
    if (options.template === true) await writeTemplate(disk, { serverUrl, token, caFingerprint });
    return enrolled;
  } finally {
    await lock.release();
  }
}

/** The same for whoever has taken the state directory already. */
export async function enrollLocked(disk: Disk, options: EnrollOptions): Promise<Enrolled> {
  const url = parseServerUrl(options.serverUrl);
  const approversPin = options.approversSha256 === undefined ? null : parseApproversPin(options.approversSha256);
  const fingerprint = options.caFingerprint === undefined ? null : parseFingerprint(options.caFingerprint);
  await completeSwitch(disk);
  const present = options.force === true ? null : await readIdentity(disk);
  if (present !== null) {
    if (approversPin !== null) await expectPinned(disk, approversPin);
    if (new URL(present.serverUrl).origin === url.origin && (present.pin?.fingerprint ?? null) === fingerprint)
      return { identity: present, already: true, waiting: false, keyid: (await readKey(disk)).keyid };
    const message = `this endpoint is enrolled with ${present.serverUrl} as ${present.endpointId}; --force leaves that`;
    throw new AgentError('already-enrolled', 'conflict', message);
  }
  const pin = fingerprint === null ? null : { fingerprint, certificatePem: await pinned(url, fingerprint) };
  // The present enrolment stays until the server has accepted the new one.
  const place = options.force === true ? besides(disk) : disk;
  // `force` is the way out of damaged state, so a damaged key from an earlier attempt must not end it.
  if (options.force === true) await readKey(place).catch(() => place.remove(KEY_FILE));
  const machine = await (options.machine ?? machineDigest)();
  const reply = await introduce(place, { url, certificatePem: pin?.certificatePem ?? null, machine }, options);
  const identity: Identity = {
    format: 1,
    serverUrl: url.origin,
    pin,
    endpointId: reply.endpointId,
    organisationId: reply.organisationId,
    organisationName: reply.organisationName,
    orderKeys: reply.orderKeys,
    ...(reply.orderKeysSequence === undefined ? {} : { orderKeysSequence: reply.orderKeysSequence }),
    checkInIntervalSeconds: reply.checkInIntervalSeconds,
    enrolledAt: new Date((options.clock ?? systemClock).now()).toISOString(),
    ...(machine === null ? {} : { machine }),
  };
  await beginTrust(place, identity, reply.trust, { approversPin, clock: options.clock ?? systemClock });
  await writeIdentity(place, identity);
  await completeSwitch(disk);
  return { identity, already: false, waiting: reply.waiting === true, keyid: (await readKey(disk)).keyid };
}

/** What is believed is known before the enrolment holds: there is no moment at which a pin does not hold yet. */
async function beginTrust(
  place: Disk,
  identity: Identity,
  news: EnrolReply['trust'],
  { approversPin, clock }: { readonly approversPin: string | null; readonly clock: Clock },
): Promise<void> {
  // Nothing is left of an earlier attempt.
  await writeTrust(place, { ...EMPTY_TRUST, pinnedSha256: approversPin });
  await (await openTrust({ disk: place, identity, clock, log: SILENT })).heed(news);
}

/** An enrolment that is there already is left alone, so a pin that it does not have must not be thought to hold. */
async function expectPinned(disk: Disk, approversPin: string): Promise<void> {
  const { pinnedSha256, approvers } = await readTrust(disk);
  if (pinnedSha256 === approversPin || approvers?.sha256 === approversPin) return;
  const message = 'this endpoint is enrolled with other approvers; thimble agent trust approvers pin changes that';
  throw new AgentError('already-enrolled', 'conflict', message);
}

/** @throws AgentError `bad-server-url` */
function parseServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'https:')
    throw new AgentError('bad-server-url', 'input', `the server's address begins with https://, not ${text}`);
  return url;
}

async function pinned(url: URL, fingerprint: string): Promise<string> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  try {
    return await fetchPinnedCertificate(host, Number(url.port === '' ? 443 : url.port), fingerprint);
  } catch (cause) {
    if (cause instanceof AgentError) throw cause;
    throw new ServerFailure('unreachable', `${url.host} can't be reached: ${(cause as Error).message}`, { cause });
  }
}

async function introduce(
  disk: Disk,
  { url, certificatePem, machine }: { url: URL; certificatePem: string | null; machine: string | null },
  options: EnrollOptions,
): Promise<EnrolReply> {
  const transport = createTransport({ url, certificatePem });
  const clock = options.clock ?? systemClock;
  const attempt = async (): Promise<EnrolReply> => {
    const key = await makeKey(disk);
    const server = createServer(createSignedRequests(transport, key, await openSequences(disk), clock));
    return server.enrol({ token: options.token, publicKey: key.publicKey, ...(await machineFacts(machine)) });
  };
  try {
    return await attempt().catch(async (error: unknown) => {
      if (!(error instanceof ServerFailure && error.problem?.code === 'already-enrolled')) throw error;
      // The key is left from an enrolment whose reply was lost, with another token: that endpoint stays unused.
      await disk.remove(KEY_FILE);
      return attempt();
    });
  } catch (error) {
    throw explain(error);
  } finally {
    transport.close();
  }
}

/** What a person can do about it. */
function explain(error: unknown): unknown {
  if (!(error instanceof ServerFailure)) return error;
  const { problem } = error;
  const said = [problem?.title, problem?.detail, problem?.hint].filter((text) => text !== undefined).join('. ');
  if (problem?.code === 'clock-skew') {
    const message = `this machine's clock and the server's differ by more than ${LIMITS.clockSkewSeconds} s; set it right. ${said}`;
    return new AgentError('clock-skew', 'host', message, { cause: error });
  }
  if (problem !== null && /token/.test(problem.code))
    return new AgentError('bad-token', 'input', `the server does not take this token: ${said}`, { cause: error });
  if (error.code === 'refused' || error.code === 'removed')
    return new AgentError('enrolment-refused', 'remote', `the server refused: ${said || error.message}`, {
      cause: error,
    });
  return error;
}
