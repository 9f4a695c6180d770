import { canonicalJson, type ApproverSet, type SignatureCount, type SignedStatement } from '../index.ts';
import { constants, generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  makeApproverSet,
  makeKeyFile,
  makePasskey,
  signed,
  type AssertionChange,
  type TestApprover,
} from '../testing/index.ts';
import { approverSetFlaw, sha256, statementDigest, verifyStatement } from './index.ts';

const TYPE = 'application/vnd.thimble.approval+json';
const ORGANISATION = '0199a5a0-0000-7000-8000-0000000000aa';
const statement = { kind: 'approval', title: 'OpenSSL on web servers' };
const payload = Buffer.from(canonicalJson(statement));

const [anna, anna2, carla, stranger] = [makeKeyFile(), makeKeyFile(), makeKeyFile(), makeKeyFile()];
const berta = makePasskey('ES256');
const bertaByFile = makeKeyFile();
const set = makeApproverSet(ORGANISATION, 2, [[anna, anna2], [berta], [carla]]);
const names = (of: SignedStatement, within: ApproverSet = set): string[] =>
  verifyStatement(of, TYPE, within).approvers.map(({ name }) => name);

describe('a statement', () => {
  test('names the people of the set whose signature holds, whatever they signed with', () => {
    expect(names(signed(statement, TYPE, [anna, berta]))).toEqual(['Person 1', 'Person 2']);
    expect(verifyStatement(signed(statement, TYPE, []), TYPE, set)).toMatchObject({ payload, approvers: [] });
  });

  test('counts one person once, however many keys and signatures', () => {
    expect(names(signed(statement, TYPE, [anna, anna2, anna]))).toEqual(['Person 1']);
  });

  test.each<[string, readonly TestApprover[], SignatureCount]>([
    ['nobody', [], { people: 0, byKeyFile: 0 }],
    ['a passkey', [berta], { people: 1, byKeyFile: 0 }],
    ['two key files of one person', [anna, anna2], { people: 1, byKeyFile: 1 }],
    ['a passkey and a key file of one person', [berta, bertaByFile], { people: 1, byKeyFile: 1 }],
    ['a key file, a passkey and a stranger’s key file', [anna, berta, stranger], { people: 2, byKeyFile: 1 }],
  ])('counts people, and those who signed by key file: %s', (_who, signers, count) => {
    const within = makeApproverSet(ORGANISATION, 2, [[anna, anna2], [berta, bertaByFile], [carla]]);
    expect(verifyStatement(signed(statement, TYPE, signers), TYPE, within).signed).toEqual(count);
  });

  test('has one digest for people, which is what a passkey signs', () => {
    const encoding = Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${payload.length} `), payload]);
    expect(statementDigest(TYPE, payload)).toBe(sha256(encoding));
    const said = Buffer.from(berta.sign(TYPE, payload).clientDataJson, 'base64url').toString();
    expect(JSON.parse(said)).toMatchObject({ challenge: Buffer.from(sha256(encoding), 'hex').toString('base64url') });
  });

  test('of a stranger, of a key of an older set, or under somebody’s keyid counts for nothing', () => {
    expect(names(signed(statement, TYPE, [stranger]))).toEqual([]);
    const later = makeApproverSet(ORGANISATION, 2, [[anna2], [berta], [carla]], set);
    expect(names(signed(statement, TYPE, [anna]), later)).toEqual([]);
    const disguised = { ...stranger.sign(TYPE, payload), keyid: anna.key.keyid };
    expect(names({ ...signed(statement, TYPE, []), signatures: [disguised] })).toEqual([]);
  });

  test('is bound to its type, and to one spelling', () => {
    const good = signed(statement, TYPE, [anna]);
    expect(() => verifyStatement({ ...good, payloadType: 'x' }, TYPE, set)).toThrow('payload type');
    expect(names({ ...good, signatures: [anna.sign('application/other', payload)] })).toEqual([]);
    expect(() => verifyStatement({ ...good, payload: `${good.payload} ` }, TYPE, set)).toThrow('canonical');
    const [first] = good.signatures;
    if (first?.kind !== 'file') throw new Error('a key file signs as one');
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spelt = [...letters].map((letter) => ({ ...first, signature: first.signature.slice(0, -1) + letter }));
    expect(spelt.filter((each) => names({ ...good, signatures: [each] }).length > 0)).toEqual([first]);
  });

  test('of which one bit was changed, in it or in its signature, is signed by nobody', () => {
    const good = signed(statement, TYPE, [anna]);
    const [first] = good.signatures;
    const bytes = Buffer.from(first?.kind === 'file' ? first.signature : '', 'base64url');
    fc.assert(
      fc.property(fc.nat((payload.length + bytes.length) * 8 - 1), (bit) => {
        const changed = [Buffer.from(payload), Buffer.from(bytes)] as const;
        const [part, at] = bit < payload.length * 8 ? [changed[0], bit] : [changed[1], bit - payload.length * 8];
        part[at >> 3] = (part[at >> 3] ?? 0) ^ (1 << (at & 7));
        const signatures = [
          { kind: 'file' as const, keyid: anna.key.keyid, signature: changed[1].toString('base64url') },
        ];
        expect(names({ payloadType: TYPE, payload: changed[0].toString('base64'), signatures })).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

describe('an assertion of a passkey', () => {
  const only = (passkey: ReturnType<typeof makePasskey>) => makeApproverSet(ORGANISATION, 1, [[passkey]]);
  const withChange = (change: AssertionChange, passkey = berta) =>
    names({ ...signed(statement, TYPE, []), signatures: [passkey.sign(TYPE, payload, change)] }, only(passkey));

  test.each(['ES256', 'EdDSA', 'RS256'] as const)('by %s holds', (algorithm) => {
    expect(withChange({}, makePasskey(algorithm))).toEqual(['Person 1']);
  });

  test.each<[string, AssertionChange]>([
    ['was a registration', { clientData: { type: 'webauthn.create' } }],
    ['answers another challenge', { clientData: { challenge: Buffer.alloc(32).toString('base64url') } }],
    ['answers the challenge in another spelling', { clientData: { challenge: `${berta.key.credentialId}=` } }],
    ['was made for another page', { clientData: { origin: 'https://evil.example.org' } }],
    ['was made for the page over http', { clientData: { origin: 'http://patch.example.org' } }],
    ['was made in a frame of another page', { clientData: { crossOrigin: true } }],
    ['names the page around it', { clientData: { topOrigin: 'https://evil.example.org' } }],
    ['says crossOrigin in another type', { clientData: { crossOrigin: 'false' } }],
    ['is for another relying party', { rpId: 'example.org' }],
    ['was made with nobody present', { flags: 0x04 }],
    ['was made without the person being verified', { flags: 0x01 }],
    ['is backed up and can’t be', { flags: 0x15 }],
    ['has bytes that no flag announces', { extra: new Uint8Array(1) }],
    ['announces extensions and has none', { flags: 0x05 | 0x80 }],
    ['brings credential data, as a registration does', { flags: 0x05 | 0x40, extra: new Uint8Array(18) }],
  ])('that %s does not hold', (_how, change) => {
    expect(withChange(change)).toEqual([]);
  });

  test('with extensions holds, and so does one without a word of frames', () => {
    expect(withChange({ flags: 0x05 | 0x80, extra: Uint8Array.of(0xa0) })).toEqual(['Person 1']);
    expect(withChange({ clientData: { crossOrigin: undefined } })).toEqual(['Person 1']);
  });

  test('of any bytes is no signature, and never throws', () => {
    const good = berta.sign(TYPE, payload);
    const field = fc.constantFrom('authenticatorData', 'clientDataJson', 'signature');
    fc.assert(
      fc.property(field, fc.uint8Array({ minLength: 1, maxLength: 200 }), (name, bytes) => {
        const changed = { ...good, [name]: Buffer.from(bytes).toString('base64url') };
        expect(names({ ...signed(statement, TYPE, []), signatures: [changed] }, only(berta))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('is not taken from a key of another kind: what a key can do follows from the key', () => {
    const { keyid } = anna.key;
    const asPasskey = { ...berta.sign(TYPE, payload), keyid };
    expect(names({ ...signed(statement, TYPE, []), signatures: [asPasskey] })).toEqual([]);
    const asFile = {
      kind: 'file' as const,
      keyid: berta.key.keyid,
      signature: sign('sha256', payload, berta.privateKey).toString('base64url'),
    };
    expect(names({ ...signed(statement, TYPE, []), signatures: [asFile] })).toEqual([]);
    const confused = makeApproverSet(ORGANISATION, 1, [
      [{ ...berta, key: { kind: 'file', keyid, publicKey: berta.key.publicKey } }],
    ]);
    expect(approverSetFlaw(confused)).toContain('does not have the id');
  });

  test('by RSA-PSS under an RSA key does not hold', () => {
    const rsa = makePasskey('RS256');
    const good = rsa.sign(TYPE, payload);
    const data = Buffer.from(good.authenticatorData, 'base64url');
    const hash = Buffer.from(sha256(Buffer.from(good.clientDataJson, 'base64url')), 'hex');
    const options = { key: rsa.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
    const signature = sign('sha256', Buffer.concat([data, hash]), options).toString('base64url');
    expect(names({ ...signed(statement, TYPE, []), signatures: [{ ...good, signature }] }, only(rsa))).toEqual([]);
  });
});

describe('a set of approvers', () => {
  const passkeyOf = (publicKey: Buffer) => ({
    ...berta,
    key: { ...berta.key, keyid: sha256(publicKey), publicKey: publicKey.toString('base64url') },
  });
  const spki = (type: 'p384' | 'rsa1024' | 'x25519'): Buffer => {
    const { publicKey } =
      type === 'p384'
        ? generateKeyPairSync('ec', { namedCurve: 'P-384' })
        : type === 'rsa1024'
          ? generateKeyPairSync('rsa', { modulusLength: 1024 })
          : generateKeyPairSync('x25519');
    return publicKey.export({ format: 'der', type: 'spki' });
  };
  /** The same Ed25519 key as a passkey. */
  const annaAsPasskey = passkeyOf(
    Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(anna.key.publicKey, 'base64url')]),
  );

  test('is sound with people who have several keys of their own', () => {
    expect(approverSetFlaw(set)).toBeNull();
  });

  test.each<[string, ApproverSet, string]>([
    ['demands more than there are', makeApproverSet(ORGANISATION, 4, [[anna], [berta], [carla]]), '4 signatures'],
    ['gives two people one key', makeApproverSet(ORGANISATION, 2, [[anna], [anna]]), 'twice'],
    ['gives two people one key in two guises', makeApproverSet(ORGANISATION, 2, [[anna], [annaAsPasskey]]), 'twice'],
    ['has one person twice', { ...set, approvers: [...set.approvers, ...set.approvers.slice(0, 1)] }, 'twice'],
    [
      'says a wrong keyid',
      makeApproverSet(ORGANISATION, 1, [[{ ...anna, key: { ...anna.key, keyid: 'a'.repeat(64) } }]]),
      'id',
    ],
    ['has a key of another curve', makeApproverSet(ORGANISATION, 1, [[passkeyOf(spki('p384'))]]), "can't be used"],
    ['has a short RSA key', makeApproverSet(ORGANISATION, 1, [[passkeyOf(spki('rsa1024'))]]), "can't be used"],
    ['has a key that can’t sign', makeApproverSet(ORGANISATION, 1, [[passkeyOf(spki('x25519'))]]), "can't be used"],
    ['has no key at all', makeApproverSet(ORGANISATION, 1, [[passkeyOf(Buffer.from('garbage'))]]), "can't be used"],
    [
      'has bytes after a key',
      makeApproverSet(ORGANISATION, 1, [
        [passkeyOf(Buffer.concat([Buffer.from(berta.key.publicKey, 'base64url'), Buffer.from([0])]))],
      ]),
      "can't be used",
    ],
    ['begins with a version before', { ...set, previous: 'a'.repeat(64) }, 'version 1'],
    ['goes on from nothing', { ...set, version: 2 }, 'version 1'],
    ['demands more key files than signatures', { ...set, keyFilesAtLeast: 3 }, '3 of 2 signatures'],
    [
      'demands more key files than people have',
      { ...makeApproverSet(ORGANISATION, 2, [[anna], [berta]]), keyFilesAtLeast: 2 },
      '1 people who have one',
    ],
  ])('that %s is not sound', (_how, given, flaw) => {
    expect(approverSetFlaw(given)).toContain(flaw);
  });
});
