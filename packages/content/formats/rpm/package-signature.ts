import { open } from 'node:fs/promises';
import { ContentFault, type TrustAnchor } from '../../model/index.ts';
import { verifyDetached, type VerifiedBy } from '../../signatures/index.ts';
import { isOldSignature, verifyOldSignature } from './old-signature.ts';
import { digestFrom, readRpmFile, type RpmFile } from './package-file.ts';
import type { RpmHeader } from './package-header.ts';

/** rpmtag.h. `RSA` and `DSA` (which is also where EdDSA and ECDSA are) are over the main header, `OPENPGP` is rpm 6's list of such. */
const SIGNATURE_TAG = { dsa: 267, rsa: 268, openpgp: 278 } as const;
const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  architecture: 1022,
  sourceRpm: 1044,
  payloadDigest: 5092,
  payloadDigestAlgorithm: 5093,
} as const;

/** RFC 4880 clause 9.4; weaker ones are refused. */
const DIGESTS: ReadonlyMap<number, string> = new Map([
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
]);

export interface VerifiedRpm extends VerifiedBy {
  readonly name: string;
  /** With the epoch where it is not 0. */
  readonly version: string;
  /** `src` for a source package. */
  readonly architecture: string;
}

/**
 * Verifies an rpm file by its own signature, as `rpmkeys --checksig` does: a signature of an approved key over the main
 * header, and the digest in that header over the payload. Packages of rpm before 4.14 have no such digest and are refused.
 *
 * @param at the moment at which keys and signatures must be valid
 * @returns who signed it, and what package the signed header says that it is
 * @throws ContentFault `unsigned`, `unknown-key`, `bad-signature`, `weak-signature`, `wrong-digest`, `from-the-future`, `malformed`,
 *   `truncated`, `too-large`, `unsupported`
 */
export async function verifyRpmPackage(
  localPath: string,
  anchors: readonly TrustAnchor[],
  at: Date,
): Promise<VerifiedRpm> {
  await using file = await open(localPath, 'r');
  const rpm = await readRpmFile(file);
  const by = await verifyHeader(rpm, anchors, at);
  // From here on, the header is the vendor's.
  const digest = payloadDigest(rpm.header);
  if ((await digestFrom(file, rpm.payloadAt, digest.algorithm)) !== digest.hex)
    throw new ContentFault('wrong-digest', 'the rpm’s payload is not the one that its signed header names');
  return { ...by, ...identityOf(rpm.header) };
}

async function verifyHeader(
  { signatures, header }: RpmFile,
  anchors: readonly TrustAnchor[],
  at: Date,
): Promise<VerifiedBy> {
  const packets = signaturePackets(signatures);
  const good: VerifiedBy[] = [];
  const faults: ContentFault[] = [];
  for (const packet of packets) {
    try {
      good.push(
        isOldSignature(packet)
          ? await verifyOldSignature(header.bytes, packet, anchors, at)
          : await verifyDetached(header.bytes, packet, anchors, at, 'the rpm’s header'),
      );
    } catch (error) {
      if (!(error instanceof ContentFault)) throw error;
      faults.push(error);
    }
  }
  const bad = faults.find(({ code }) => code === 'bad-signature');
  if (bad !== undefined) throw bad;
  if (good[0] !== undefined) return good[0];
  throw (
    faults[0] ?? new ContentFault('unsigned', 'the rpm has no signature over its header: its publisher must sign it')
  );
}

/** Three are what a package has on the day when its vendor changes keys. */
const SIGNATURES_LIMIT = 16;

function signaturePackets(signatures: RpmHeader): readonly Uint8Array[] {
  const binaries = [SIGNATURE_TAG.rsa, SIGNATURE_TAG.dsa].flatMap((tag) => {
    const packet = signatures.binary(tag);
    return packet === null ? [] : [packet];
  });
  const armoured = signatures.texts(SIGNATURE_TAG.openpgp).map((text) => {
    if (!/^[A-Za-z0-9+/\s]{1,65536}={0,2}\s*$/.test(text))
      throw new ContentFault('malformed', 'the rpm has a signature that is not base64');
    return new Uint8Array(Buffer.from(text, 'base64'));
  });
  const all = [...armoured, ...binaries];
  if (all.length > SIGNATURES_LIMIT) throw new ContentFault('too-large', `the rpm has ${all.length} signatures`);
  return all;
}

function payloadDigest(header: RpmHeader): { readonly algorithm: string; readonly hex: string } {
  const [hex] = header.texts(TAG.payloadDigest);
  const number = header.number(TAG.payloadDigestAlgorithm);
  if (hex === undefined || number === null)
    throw new ContentFault(
      'unsupported',
      'the rpm’s signed header has no digest of its payload (it was built by rpm before 4.14): only its publisher can build it anew',
    );
  const algorithm = DIGESTS.get(number);
  if (algorithm === undefined)
    throw new ContentFault('weak-signature', `the digest of the rpm’s payload is of algorithm ${number}, not SHA-2`);
  return { algorithm, hex: hex.toLowerCase() };
}

function identityOf(header: RpmHeader): Pick<VerifiedRpm, 'name' | 'version' | 'architecture'> {
  const text = (tag: number): string => {
    const value = header.text(tag);
    if (value === null || value === '') throw new ContentFault('malformed', `the rpm’s header has no tag ${tag}`);
    return value;
  };
  const epoch = header.number(TAG.epoch) ?? 0;
  return {
    name: text(TAG.name),
    version: `${epoch === 0 ? '' : `${epoch}:`}${text(TAG.version)}-${text(TAG.release)}`,
    // A source package's header has the architecture of the machine that built it, and no source of its own.
    architecture: header.text(TAG.sourceRpm) === null ? 'src' : text(TAG.architecture),
  };
}
