/** Why content of an upstream was not taken. The last good revision stays, and people see this. */
export type ContentFaultCode =
  /** No answer, a broken transfer, a time limit, an address that may not be asked. */
  | 'unreachable'
  /** Upstream says that the file is not there, though signed metadata lists it or the repository needs it. */
  | 'missing'
  /** Fewer bytes than signed metadata says. */
  | 'truncated'
  /** More bytes, records or unpacked size than signed metadata says or the limits allow. */
  | 'too-large'
  /** Other bytes than signed metadata says. */
  | 'wrong-digest'
  /** No signature at all. */
  | 'unsigned'
  /** A signature, but by none of the keys that were approved for this repository. */
  | 'unknown-key'
  /** A signature of an approved key that does not hold over these bytes. */
  | 'bad-signature'
  /** Signed by an approved key that has expired or was revoked, or with an algorithm that is broken. */
  | 'weak-signature'
  /** The metadata's own Valid-Until has passed. */
  | 'expired'
  /** Validly signed, but older than what was seen before. */
  | 'rolled-back'
  /** Dated later than this machine's clock allows. */
  | 'from-the-future'
  /** A package of the same name, version and architecture with other bytes than before. */
  | 'same-version-other-bytes'
  /** A path that leaves the repository. */
  | 'unsafe-path'
  /** Not what the format demands. */
  | 'malformed'
  /** Well-formed, but of a kind that this code does not know. */
  | 'unsupported'
  /** This machine's own disk. */
  | 'disk-full';

/** Which side of the fault people look at first. `upstream` may heal by itself; `trust` needs a decision. */
export const FAULT_SIDES: Readonly<Record<ContentFaultCode, 'upstream' | 'trust' | 'host'>> = {
  unreachable: 'upstream',
  missing: 'upstream',
  truncated: 'upstream',
  'too-large': 'upstream',
  'wrong-digest': 'trust',
  unsigned: 'trust',
  'unknown-key': 'trust',
  'bad-signature': 'trust',
  'weak-signature': 'trust',
  expired: 'upstream',
  'rolled-back': 'trust',
  'from-the-future': 'upstream',
  'same-version-other-bytes': 'trust',
  'unsafe-path': 'trust',
  malformed: 'upstream',
  unsupported: 'upstream',
  'disk-full': 'host',
};

/** Content can't be taken as it is. Messages name the file, say what was expected and what to do. */
export class ContentFault extends Error {
  readonly code: ContentFaultCode;
  /** Path in the repository; null: the repository as a whole. */
  readonly path: string | null;
  constructor(code: ContentFaultCode, message: string, options: ErrorOptions & { readonly path?: string } = {}) {
    super(message, options);
    this.name = 'ContentFault';
    this.code = code;
    this.path = options.path ?? null;
  }
}
