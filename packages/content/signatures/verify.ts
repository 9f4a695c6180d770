import { createMessage, enums, readSignature, SignaturePacket, type Key } from 'openpgp';
import { ContentFault, type ContentFaultCode, type TrustAnchor } from '../model/index.ts';
import { dearmor, isArmored } from './armor.ts';
import { splitClearsigned } from './clearsigned.ts';
import { parseKeys } from './keyring.ts';
import { SIGNATURE_LIMITS } from './limits.ts';
import { POLICY, weakHashName } from './policy.ts';

export interface VerifiedBy {
  /** Of the approved primary key, upper-case hex, also when one of its subkeys signed. */
  readonly signedBy: string;
  readonly signedAt: Date;
}

export interface VerifiedText extends VerifiedBy {
  /** What was signed and nothing else: only this may be parsed. Lines end with LF. */
  readonly text: string;
}

/**
 * Verifies a clearsigned message (InRelease) against approved keys.
 *
 * One good signature of an approved key is enough, beside others of keys that nobody approved. A signature that claims an approved key
 * and does not hold is fatal even beside a good one, as it is for apt.
 *
 * @param at the moment at which keys and signatures must be valid
 * @throws ContentFault `unsigned`, `unknown-key`, `bad-signature`, `weak-signature`, `from-the-future`, `malformed`, `unsupported`, `too-large`
 */
export async function verifyClearsigned(
  bytes: Uint8Array,
  anchors: readonly TrustAnchor[],
  at: Date,
  name = 'the signed text',
): Promise<VerifiedText> {
  refuseLarger(bytes, SIGNATURE_LIMITS.textBytes, name);
  const parts = splitClearsigned(Buffer.from(bytes).toString('latin1'), name);
  const signed = Buffer.from(parts.text, 'latin1');
  const signature = Buffer.from(parts.signature, 'latin1');
  // Only text signatures: of others, programs hash different line ends.
  const by = await verify({ signed, signature, anchors, at, name, types: [enums.signature.text] });
  return { text: signed.toString('utf8'), ...by };
}

/** Verifies a detached signature (Release.gpg, repomd.xml.asc), armoured or binary. @throws ContentFault as `verifyClearsigned` */
export async function verifyDetached(
  bytes: Uint8Array,
  signature: Uint8Array,
  anchors: readonly TrustAnchor[],
  at: Date,
  name = 'the signed file',
): Promise<VerifiedBy> {
  refuseLarger(bytes, SIGNATURE_LIMITS.textBytes, name);
  return verify({ signed: bytes, signature, anchors, at, name, types: [enums.signature.binary, enums.signature.text] });
}

interface Question {
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly anchors: readonly TrustAnchor[];
  readonly at: Date;
  readonly name: string;
  readonly types: readonly number[];
}

/** What people are told first when nothing vouches for a file. */
const GRAVEST_FIRST: readonly ContentFaultCode[] = [
  'bad-signature',
  'from-the-future',
  'weak-signature',
  'unsupported',
  'unknown-key',
];

async function verify(question: Question): Promise<VerifiedBy> {
  const packets = await signaturesOf(question);
  const keys = await approvedKeys(question.anchors);
  const good: VerifiedBy[] = [];
  const faults: ContentFault[] = [];
  for (const packet of packets) {
    try {
      good.push(await judge(packet, keys, question));
    } catch (error) {
      if (!(error instanceof ContentFault)) throw error;
      faults.push(error);
    }
  }
  faults.sort((a, b) => GRAVEST_FIRST.indexOf(a.code) - GRAVEST_FIRST.indexOf(b.code));
  const [gravest] = faults;
  const [first] = good;
  if (first !== undefined && gravest?.code !== 'bad-signature') return first;
  throw gravest ?? new ContentFault('unsigned', `${question.name} has no signature`, { path: question.name });
}

/** @throws ContentFault when this one signature does not make the content acceptable */
async function judge(packet: SignaturePacket, keys: readonly Key[], question: Question): Promise<VerifiedBy> {
  const { name, at } = question;
  const fault = (code: ContentFaultCode, why: string, cause?: unknown): ContentFault =>
    new ContentFault(code, `${name} ${why}`, { path: name, cause });
  const keyId = packet.issuerKeyID.toHex().toUpperCase();
  const candidates = keys.filter((key) => key.getKeys(packet.issuerKeyID).length > 0);
  if (candidates.length === 0)
    throw fault(
      'unknown-key',
      `is signed by key ${keyId}, which is not approved for this repository: approve it when the vendor says that it is theirs`,
    );
  const signedAt = packet.created;
  if (signedAt === null || packet.signatureType === null || !question.types.includes(packet.signatureType))
    throw fault('unsupported', `has a signature of a type that is not for such files`);
  const weakHash = weakHashName(packet.hashAlgorithm);
  if (weakHash !== null) throw fault('weak-signature', `is signed by key ${keyId} with ${weakHash}, which is broken`);
  const holder = await whoseSignatureHolds(packet, candidates, question.signed);
  if (holder instanceof Error)
    throw fault(
      'bad-signature',
      `has a signature of approved key ${keyId} that does not hold: these are not the bytes that the vendor signed`,
      holder,
    );
  if (signedAt.getTime() > at.getTime() + SIGNATURE_LIMITS.clockAheadMs)
    throw fault(
      'from-the-future',
      `was signed at ${signedAt.toISOString()}, which is yet to come: check this machine's clock`,
    );
  const moment = new Date(Math.max(at.getTime(), signedAt.getTime()));
  if (packet.isExpired(moment)) throw fault('weak-signature', `has a signature of key ${keyId} that has expired`);
  try {
    await holder.getSigningKey(packet.issuerKeyID, moment, undefined, POLICY);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fault(
      'weak-signature',
      `is signed by approved key ${keyId}, which may not sign (expired, revoked or too weak): ${why}`,
      error,
    );
  }
  return { signedBy: holder.getFingerprint().toUpperCase(), signedAt };
}

/** The approved key that made the signature, or why none did. Two keys can share a key id, by intent even: each is tried. */
async function whoseSignatureHolds(
  packet: SignaturePacket,
  candidates: readonly Key[],
  signed: Uint8Array,
): Promise<Key | Error> {
  let why = new Error('no key');
  const message = await createMessage({ binary: signed });
  for (const key of candidates) {
    for (const { keyPacket } of key.getKeys(packet.issuerKeyID)) {
      try {
        if (packet.created !== null && keyPacket.created > packet.created) throw new Error('made before its key was');
        const type = packet.signatureType ?? enums.signature.binary;
        // Expiry is judged afterwards, at the right moment: when it was made, every signature was valid.
        await packet.verify(keyPacket, type, message.packets[0] ?? {}, packet.created ?? undefined, true, POLICY);
        return key;
      } catch (error) {
        why = error instanceof Error ? error : new Error(String(error));
      }
    }
  }
  return why;
}

async function signaturesOf({ signature, name }: Question): Promise<readonly SignaturePacket[]> {
  refuseLarger(signature, SIGNATURE_LIMITS.signatureBytes, `the signature of ${name}`);
  if (signature.length === 0) throw new ContentFault('unsigned', `the signature of ${name} is empty`, { path: name });
  const found: unknown[] = [];
  for (const binarySignature of signatureBlocks(signature, name)) {
    try {
      found.push(...(await readSignature({ binarySignature, config: POLICY })).packets);
    } catch (error) {
      throw new ContentFault('malformed', `the signature of ${name} can't be read`, { path: name, cause: error });
    }
    if (found.length > SIGNATURE_LIMITS.signatures)
      throw new ContentFault('too-large', `${name} has more than ${SIGNATURE_LIMITS.signatures} signatures`, {
        path: name,
      });
  }
  const known = found.filter((packet) => packet instanceof SignaturePacket);
  if (known.length === 0)
    throw new ContentFault('unsupported', `the signature of ${name} is of no version that is known`, { path: name });
  return known;
}

function signatureBlocks(signature: Uint8Array, name: string): readonly Uint8Array[] {
  if (!isArmored(signature)) return [signature];
  const blocks = dearmor(Buffer.from(signature).toString('latin1'), `the signature of ${name}`);
  if (blocks.length === 0 || blocks.some((block) => block.type !== 'PGP SIGNATURE'))
    throw new ContentFault('malformed', `the signature of ${name} is no OpenPGP signature`, { path: name });
  return blocks.map((block) => block.bytes);
}

/** A key file may hold more keys than the one that people approved: only that one counts. */
async function approvedKeys(anchors: readonly TrustAnchor[]): Promise<readonly Key[]> {
  const approved: Key[] = [];
  for (const anchor of anchors) {
    if (anchor.kind !== 'openpgp') continue;
    const keys = await parseKeys(anchor.material, `approved key ${anchor.fingerprint}`);
    approved.push(...keys.filter((key) => key.getFingerprint().toUpperCase() === anchor.fingerprint));
  }
  return approved;
}

function refuseLarger(bytes: Uint8Array, limitBytes: number, name: string): void {
  if (bytes.length > limitBytes)
    throw new ContentFault('too-large', `${name} is larger than ${limitBytes} bytes`, { path: name });
}
