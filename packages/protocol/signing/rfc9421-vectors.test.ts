import { createPrivateKey, sign, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { contentDigest, signRequest, type RequestToSign } from './http-signature.ts';
import { verifyingKey } from './keys.ts';

// RFC 9421 appendix B: the key of B.1.4, the request of B.2, the signature of B.2.6.
const KEY = { d: 'n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU', x: 'JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs' };
const BODY = '{"hello": "world"}';
const BASE = [
  '"date": Tue, 20 Apr 2021 02:07:55 GMT',
  '"@method": POST',
  '"@path": /foo',
  '"@authority": example.com',
  '"content-type": application/json',
  '"content-length": 18',
  '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
].join('\n');
const SIGNATURE = 'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==';

const privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', ...KEY }, format: 'jwk' });
const publicKey = verifyingKey(KEY.x);
const signingKey = { privateKey, publicKey: KEY.x, keyid: 'a'.repeat(64) };
const parameters = { keyid: signingKey.keyid, created: 1_618_884_473, lane: 'main', sequence: 1 } as const;

/** The base that was signed, found by its signature: RFC 9421 section 2.5. */
function isSignedAs(request: RequestToSign, lines: readonly string[]): boolean {
  const headers = signRequest(request, parameters, signingKey);
  const input = headers['signature-input'].slice('thimble='.length);
  const base = [...lines, `"content-digest": ${headers['content-digest']}`, `"@signature-params": ${input}`].join('\n');
  return verify(
    null,
    Buffer.from(base),
    publicKey,
    Buffer.from(headers.signature.slice('thimble=:'.length, -1), 'base64'),
  );
}

describe('the vectors of RFC 9421', () => {
  test('B.2.6: its signature holds with a key as endpoints have it, and is made again to the byte', () => {
    expect(verify(null, Buffer.from(BASE), publicKey, Buffer.from(SIGNATURE, 'base64'))).toBe(true);
    expect(sign(null, Buffer.from(BASE), privateKey).toString('base64')).toBe(SIGNATURE);
  });

  test('B.2.6: it does not hold for a base with a line less, or in another order', () => {
    const lines = BASE.split('\n');
    for (const changed of [lines.slice(1), lines.toReversed(), [...lines, '']])
      expect(verify(null, Buffer.from(changed.join('\n')), publicKey, Buffer.from(SIGNATURE, 'base64'))).toBe(false);
  });

  test('B.2: the digest of its body by SHA-256 (RFC 9530)', () => {
    expect(contentDigest(Buffer.from(BODY))).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
  });

  test.each([
    // Section 2.2.6 and 2.2.7: the path and the query as they stand in the request line; none is a lone question mark.
    ['/foo?param=Value&Pet=dog', '/foo', '?param=Value&Pet=dog'],
    ['/path?param=value&foo=bar&baz=batman', '/path', '?param=value&foo=bar&baz=batman'],
    ['/path?queryString', '/path', '?queryString'],
    ['/path', '/path', '?'],
    ['/path?', '/path', '?'],
    ['/path?a=1?b', '/path', '?a=1?b'],
    ['/a%2fb', '/a%2fb', '?'],
  ])('the base of %s has the path %s and the query %s', (target, path, query) => {
    const request = { method: 'POST', target, body: Buffer.from(BODY) };
    expect(isSignedAs(request, ['"@method": POST', `"@path": ${path}`, `"@query": ${query}`])).toBe(true);
    expect(isSignedAs(request, ['"@method": GET', `"@path": ${path}`, `"@query": ${query}`])).toBe(false);
  });
});
