import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecrets } from './secrets.ts';
import { newSecretsKey, parseSecretsKeys, printSecretsKeys } from './secrets-key.ts';

const PURPOSE = 'totp.secret_sealed';
const old = newSecretsKey(randomBytes);
const key = newSecretsKey(randomBytes);
const secrets = createSecrets([key], randomBytes);

describe('what is sealed', () => {
  it('opens again for its purpose, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (plain, purpose) => {
        expect(secrets.open(purpose, secrets.seal(purpose, plain))).toEqual(Buffer.from(plain));
      }),
      { numRuns: 100 },
    );
  });

  it('does not hold its text, and is another each time', () => {
    const [first, second] = [secrets.seal(PURPOSE, 'JBSWY3DPEHPK3PXP'), secrets.seal(PURPOSE, 'JBSWY3DPEHPK3PXP')];
    expect(first.includes('JBSWY3DPEHPK3PXP')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  it('does not open elsewhere', () => {
    expect(() => secrets.open('oidc.client_secret_sealed', secrets.seal(PURPOSE, 'x'))).toThrow(
      expect.objectContaining({ code: 'damaged' }),
    );
  });

  it('does not open with any bit changed', () => {
    const sealed = secrets.seal(PURPOSE, 'x');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => secrets.open(PURPOSE, changed), `bit ${bit}`).toThrow(
        expect.objectContaining({ name: 'SecretsError' }),
      );
    }
  });

  it('does not open when it is too short to be sealed', () => {
    const sealed = secrets.seal(PURPOSE, '');
    for (let length = 0; length < sealed.length; length += 1)
      expect(() => secrets.open(PURPOSE, sealed.subarray(0, length))).toThrow(
        expect.objectContaining({ name: 'SecretsError' }),
      );
  });

  it('opens with any of the keys, and is sealed with the first', () => {
    const before = createSecrets([old], randomBytes).seal(PURPOSE, 'kept');
    const both = createSecrets([key, old], randomBytes);
    expect(both.open(PURPOSE, before).toString()).toBe('kept');
    expect(secrets.open(PURPOSE, both.seal(PURPOSE, 'new')).toString()).toBe('new');
    expect(() => secrets.open(PURPOSE, before)).toThrow(expect.objectContaining({ code: 'unknown-key' }));
  });
});

describe('a file of keys', () => {
  it('is read as it was written', () => {
    expect(parseSecretsKeys(printSecretsKeys([key, old]), 'FILE').map(({ id }) => id)).toEqual([key.id, old.id]);
  });

  it.each([
    ['nothing', ''],
    ['too few bytes', Buffer.alloc(31, 1).toString('base64')],
    ['too many bytes', Buffer.alloc(33, 1).toString('base64')],
    ['something else', 'correct horse battery staple'],
    ['a second that is none', `${Buffer.alloc(32, 1).toString('base64')}\nx`],
    ['too many keys', `${Buffer.alloc(32, 1).toString('base64')}\n`.repeat(9)],
  ])('is refused with %s, and not shown', (_, text) => {
    expect(() => parseSecretsKeys(text, 'FILE')).toThrow(
      expect.objectContaining({ code: 'bad-secrets-key', message: expect.stringMatching(/^FILE does not hold a key/) }),
    );
  });
});
