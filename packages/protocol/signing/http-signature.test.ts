import fc from 'fast-check';
import { createHash, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  readSignature,
  SignatureError,
  signRequest,
  verifyRequest,
  type RequestToSign,
  type SignatureHeaders,
} from './http-signature.ts';
import { generateSigningKey, verifyingKey } from './keys.ts';

const key = generateSigningKey();
const publicKey = verifyingKey(key.publicKey);
const parameters = { keyid: key.keyid, created: 1_800_000_000, lane: 'main', sequence: 7 } as const;
const request: RequestToSign = { method: 'POST', target: '/api/v1/agent/check-in?a=1', body: Buffer.from('{"x":1}') };

function check(headers: SignatureHeaders, received: RequestToSign = request, nowSeconds = 1_800_000_010): string {
  try {
    verifyRequest(received, readSignature({ ...headers }), publicKey, nowSeconds, 300);
    return 'accepted';
  } catch (error) {
    if (error instanceof SignatureError) return error.code;
    throw error;
  }
}

describe('a signed request', () => {
  const headers = signRequest(request, parameters, key);

  it('is accepted as it was signed, and says who, when and which', () => {
    expect(check(headers)).toBe('accepted');
    expect(readSignature({ ...headers })).toMatchObject(parameters);
  });

  it('has the signature base of RFC 9421 section 2.5', () => {
    const base = [
      '"@method": POST',
      '"@path": /api/v1/agent/check-in',
      '"@query": ?a=1',
      `"content-digest": sha-256=:${createHash('sha256').update(request.body).digest('base64')}:`,
      `"@signature-params": ("@method" "@path" "@query" "content-digest");created=1800000000;nonce="main:7";keyid="${key.keyid}";alg="ed25519";tag="thimble-agent-v1"`,
    ].join('\n');
    const signature = Buffer.from(headers.signature.slice('thimble=:'.length, -1), 'base64');
    expect(verify(null, Buffer.from(base), publicKey, signature)).toBe(true);
  });

  it.each<[string, RequestToSign]>([
    ['method', { ...request, method: 'PUT' }],
    ['path', { ...request, target: '/api/v1/agent/check-iN?a=1' }],
    ['query', { ...request, target: '/api/v1/agent/check-in?a=2' }],
    ['query left out', { ...request, target: '/api/v1/agent/check-in' }],
  ])('is refused with another %s', (_, received) => {
    expect(check(headers, received)).toBe('signature-invalid');
  });

  it('is refused with another body', () => {
    expect(check(headers, { ...request, body: Buffer.from('{"x":2}') })).toBe('digest-mismatch');
  });

  it('is refused when body and digest are both exchanged', () => {
    const other = signRequest({ ...request, body: Buffer.from('{}') }, parameters, generateSigningKey());
    expect(
      check({ ...headers, 'content-digest': other['content-digest'] }, { ...request, body: Buffer.from('{}') }),
    ).toBe('signature-invalid');
  });

  it.each([-301, 301])('is refused when the clocks differ by %i s', (difference) => {
    expect(check(headers, request, parameters.created + difference)).toBe('clock-skew');
  });

  it('is refused with any parameter changed', () => {
    const input = headers['signature-input'];
    for (const [from, to] of [
      ['created=1800000000', 'created=1800000001'],
      ['main:7', 'main:8'],
      ['main:7', 'held:7'],
      [key.keyid, generateSigningKey().keyid],
    ] as const) {
      expect(check({ ...headers, 'signature-input': input.replace(from, to) })).toBe('signature-invalid');
    }
  });

  it.each([
    ['another algorithm', 'alg="ed25519"', 'alg="hmac-sha256"'],
    ['fewer components', ' "content-digest"', ''],
    ['a second label', 'thimble=', 'other=(),thimble='],
    ['no tag', ';tag="thimble-agent-v1"', ''],
  ])('is malformed with %s', (_, from, to) => {
    expect(check({ ...headers, 'signature-input': headers['signature-input'].replace(from, to) })).toBe(
      'signature-malformed',
    );
  });

  it.each(['signature', 'signature-input', 'content-digest'] as const)('is missing without %s', (name) => {
    const { [name]: _, ...others } = headers;
    expect(() => readSignature(others)).toThrow(expect.objectContaining({ code: 'signature-missing' }));
  });

  it('gives an error with a code, never a crash, for any headers', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (digest, input, signature) => {
        expect(['signature-malformed', 'signature-invalid', 'digest-mismatch', 'clock-skew']).toContain(
          check({ 'content-digest': digest, 'signature-input': input, signature }),
        );
      }),
    );
  });
});
