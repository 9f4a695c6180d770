import { createHash, sign, verify, type KeyObject } from 'node:crypto';
import type { SigningKey } from './keys.ts';

/**
 * Signed requests between an agent and its server: RFC 9421 with Ed25519 over
 * `"@method" "@path" "@query" "content-digest"`, and the parameters `created`, `nonce`, `keyid`, `alg`, `tag`.
 *
 * Replays: `nonce` is `LANE:SEQUENCE`. A lane is a stream of requests that the agent sends one after another; the
 * sequence grows strictly within a lane and key. The server refuses a sequence that is not newer than the newest of
 * that lane (409 `stale-sequence`), so a request is accepted once at most, whichever replica gets it.
 */
export const SIGNATURE_LABEL = 'thimble';
export const SIGNATURE_TAG = 'thimble-agent-v1';
const COMPONENTS = '("@method" "@path" "@query" "content-digest")';

/** Requests with effects go one after another (`main`); the held request for orders goes beside them (`held`). */
export type Lane = 'main' | 'held';

export interface RequestToSign {
  readonly method: string;
  /** Absolute path with optional query, as it stands in the request line. */
  readonly target: string;
  /** The body's bytes as they go over the wire (after Content-Encoding); empty for none. */
  readonly body: Uint8Array;
}

export interface SignatureParameters {
  readonly keyid: string;
  /** Unix time, seconds. */
  readonly created: number;
  readonly lane: Lane;
  readonly sequence: number;
}

export interface SignatureHeaders {
  readonly 'content-digest': string;
  readonly 'signature-input': string;
  readonly signature: string;
}

export class SignatureError extends Error {
  readonly code: 'signature-missing' | 'signature-malformed' | 'signature-invalid' | 'digest-mismatch' | 'clock-skew';
  constructor(code: SignatureError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** Content-Digest (RFC 9530) with SHA-256. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

export function signRequest(
  request: RequestToSign,
  parameters: SignatureParameters,
  key: SigningKey,
): SignatureHeaders {
  const digest = contentDigest(request.body);
  const input = signatureInput(parameters);
  const signature = sign(null, Buffer.from(signatureBase(request, digest, input)), key.privateKey).toString('base64');
  return {
    'content-digest': digest,
    'signature-input': `${SIGNATURE_LABEL}=${input}`,
    signature: `${SIGNATURE_LABEL}=:${signature}:`,
  };
}

const INPUT_PATTERN =
  /^thimble=\("@method" "@path" "@query" "content-digest"\);created=(\d{1,12});nonce="(main|held):(\d{1,16})";keyid="([0-9a-f-]{36,64})";alg="ed25519";tag="thimble-agent-v1"$/;
const SIGNATURE_PATTERN = /^thimble=:([A-Za-z0-9+/]{86}==):$/;

/**
 * Reads who claims to have signed, without believing it yet. Exactly one signature of our own form is accepted:
 * another order, other components or another algorithm is malformed, so there is nothing to downgrade.
 *
 * @throws SignatureError `signature-missing`, `signature-malformed`
 */
export function readSignature(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): SignatureParameters & { readonly raw: SignatureHeaders } {
  const input = headers['signature-input'];
  const signature = headers['signature'];
  const digest = headers['content-digest'];
  if (input === undefined || signature === undefined || digest === undefined)
    throw new SignatureError('signature-missing', 'the request is not signed');
  if (typeof input !== 'string' || typeof signature !== 'string' || typeof digest !== 'string')
    throw new SignatureError('signature-malformed', 'a signature header is repeated');
  const match = INPUT_PATTERN.exec(input);
  if (match === null || !SIGNATURE_PATTERN.test(signature))
    throw new SignatureError('signature-malformed', 'the signature is not of the form that agents use');
  const [, created, lane, sequence, keyid] = match;
  return {
    keyid: keyid ?? '',
    created: Number(created),
    lane: lane === 'held' ? 'held' : 'main',
    sequence: Number(sequence),
    raw: { 'content-digest': digest, 'signature-input': input, signature },
  };
}

/**
 * Checks a request against the key that its `keyid` names. That the sequence is new is the caller's to check, after this.
 *
 * @param nowSeconds Unix time, seconds.
 * @throws SignatureError `clock-skew`, `digest-mismatch`, `signature-invalid`
 */
export function verifyRequest(
  request: RequestToSign,
  claimed: ReturnType<typeof readSignature>,
  key: KeyObject,
  nowSeconds: number,
  allowedSkewSeconds: number,
): void {
  if (Math.abs(nowSeconds - claimed.created) > allowedSkewSeconds)
    throw new SignatureError(
      'clock-skew',
      `signed ${claimed.created}, received ${Math.floor(nowSeconds)}: clocks differ by more than ${allowedSkewSeconds} s`,
    );
  if (contentDigest(request.body) !== claimed.raw['content-digest'])
    throw new SignatureError('digest-mismatch', 'the body is not the one that was signed');
  const base = signatureBase(
    request,
    claimed.raw['content-digest'],
    claimed.raw['signature-input'].slice(SIGNATURE_LABEL.length + 1),
  );
  const signature = Buffer.from(claimed.raw.signature.slice(SIGNATURE_LABEL.length + 2, -1), 'base64');
  if (!verify(null, Buffer.from(base), key, signature))
    throw new SignatureError('signature-invalid', 'the signature does not hold');
}

function signatureInput({ created, lane, sequence, keyid }: SignatureParameters): string {
  return `${COMPONENTS};created=${created};nonce="${lane}:${sequence}";keyid="${keyid}";alg="ed25519";tag="${SIGNATURE_TAG}"`;
}

/** RFC 9421 section 2.5; `@query` of a request without one is "?" (section 2.2.7). */
function signatureBase({ method, target }: RequestToSign, digest: string, input: string): string {
  const at = target.indexOf('?');
  const path = at < 0 ? target : target.slice(0, at);
  const query = at < 0 ? '?' : target.slice(at);
  return `"@method": ${method}\n"@path": ${path}\n"@query": ${query}\n"content-digest": ${digest}\n"@signature-params": ${input}`;
}
