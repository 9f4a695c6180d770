import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeUpdateClient, type UpdateClient } from '../testing/update-client.ts';
import { inDays, makeSigner, seal, UpdateRepository } from '../testing/update-repository.ts';
import type { UpdateSite } from '../testing/update-site.ts';

// The cases of theupdateframework/tuf-conformance (tests/test_*.py), against our client as a whole: docs/agent-updates.md
// says which are here. Those about files and the way to them are in conformance-download.test.ts.

let client: UpdateClient;
let repository: UpdateRepository;
let site: UpdateSite;

beforeEach(async () => {
  client = await makeUpdateClient();
  ({ repository, site } = client);
});
afterEach(() => client.clean());

const look: UpdateClient['look'] = (limits) => client.look(limits);
const trusted = (role: string) => client.trusted(role);
const refused = { code: 'refused' };

describe('basics', () => {
  test('a first refresh fetches all four roles, by their versions, and keeps them', async () => {
    expect(await look()).toBeNull();
    expect(site.asked).toEqual(['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json']);
    expect(client.trustedVersions).toEqual([1, 1, 1, 1]);
  });

  test('a refresh without news fetches no more than root and timestamp', async () => {
    await look();
    site.asked.length = 0;
    await look();
    expect(site.asked).toEqual(['2.root.json', 'timestamp.json']);
  });

  test('fields that nobody knows are carried and signed, and do no harm', async () => {
    Object.assign(repository.root, { x_more: { deep: ['a'] } });
    Object.assign(repository.targets, { x_more: 'b' });
    repository.publishRoot();
    repository.publish();
    await look();
    expect(client.trustedVersions).toEqual([2, 2, 2, 2]);
  });

  test('metadata of another type under the name of a role is refused', async () => {
    repository.files.set('timestamp.json', seal(repository.snapshot, repository.signers.timestamp));
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('timestamp')).toBeNull();
  });

  test.each(['', '{', '[]', 'null', '{"signed":{},"signatures":[]}', '{"signatures":[]}', '\u0000'.repeat(100)])(
    'garbage in the place of a timestamp is refused: %j',
    async (garbage) => {
      repository.files.set('timestamp.json', Buffer.from(garbage));
      await expect(look()).rejects.toMatchObject(refused);
      expect(trusted('timestamp')).toBeNull();
    },
  );

  test('metadata of a later major version of the specification is refused', async () => {
    Object.assign(repository.timestamp, { spec_version: '2.0.0' });
    repository.publishTimestamp();
    await expect(look()).rejects.toMatchObject(refused);
  });
});

describe('expiry and freeze', () => {
  test.each(['timestamp', 'snapshot', 'targets'] as const)('an expired %s is refused', async (role) => {
    repository[role].expires = inDays(-1);
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('targets')).toBeNull();
  });

  test('a final root that is expired is refused; one on the way to another is not', async () => {
    repository.root.expires = inDays(-1);
    repository.publishRoot();
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('root')).toBe(2);
    repository.root.expires = inDays(1);
    repository.publishRoot();
    await look();
    expect(trusted('root')).toBe(3);
  });

  test('a timestamp that was good and has expired since is no proof of freshness', async () => {
    await look();
    repository.timestamp.expires = inDays(-1);
    repository.publishTimestamp();
    // As if it had been kept while it was good: time is the one thing that changed.
    writeFileSync(join(client.folder, 'update', 'timestamp.json'), repository.files.get('timestamp.json') ?? '');
    await expect(look()).rejects.toMatchObject(refused);
  });

  test('an expired snapshot that is kept still protects against going back', async () => {
    repository.publish();
    await look();
    repository.snapshot.version = 0;
    repository.publishSnapshot();
    repository.publishTimestamp();
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('snapshot')).toBe(2);
  });
});

describe('rollback', () => {
  test('an older timestamp is refused', async () => {
    repository.publishTimestamp();
    await look();
    repository.timestamp.version = 0;
    repository.publishTimestamp();
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('timestamp')).toBe(2);
  });

  test('a newer timestamp that names an older snapshot is refused', async () => {
    repository.publish();
    await look();
    repository.snapshot.version = 0;
    repository.publishSnapshot();
    repository.publishTimestamp();
    await expect(look()).rejects.toMatchObject(refused);
    expect(client.trustedVersions).toEqual([1, 2, 2, 2]);
  });

  test('a newer snapshot that names older targets is refused', async () => {
    repository.publish();
    await look();
    repository.targets.version = 0;
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
    expect(client.trustedVersions).toEqual([1, 3, 2, 2]);
  });

  test('a newer snapshot that leaves targets out is refused', async () => {
    await look();
    repository.snapshot.meta = {};
    repository.publishSnapshot();
    repository.publishTimestamp();
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('targets')).toBe(1);
  });

  test('a whole repository as it was before is refused', async () => {
    const before = new Map(repository.files);
    repository.offer('1.2.3', Buffer.from('new'));
    repository.publish();
    expect(await look()).toMatchObject({ version: '1.2.3' });
    repository.files.clear();
    for (const [path, data] of before) repository.files.set(path, data);
    await expect(look()).rejects.toMatchObject(refused);
  });

  test.each(['timestamp', 'snapshot', 'targets'] as const)(
    'a %s that was driven to a huge version is recovered from with new keys (fast-forward)',
    async (role) => {
      repository[role].version = 1_000_000_000;
      repository.publish();
      await look();
      expect(trusted(role)).toBe(1_000_000_001);
      repository[role].version = 2;
      // Who could sign a role signed what names it as well, and those keys go with it.
      for (const each of ['timestamp', 'snapshot', role] as const) repository.replaceKeys(each);
      repository.publishRoot();
      repository.publish();
      await look();
      expect(trusted(role)).toBe(3);
    },
  );
});

describe('mix and match', () => {
  test('a snapshot of another version than the timestamp names is refused', async () => {
    repository.files.set('1.snapshot.json', seal({ ...repository.snapshot, version: 2 }, repository.signers.snapshot));
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('snapshot')).toBeNull();
  });

  test('targets of another version than the snapshot names are refused', async () => {
    repository.files.set('1.targets.json', seal({ ...repository.targets, version: 2 }, repository.signers.targets));
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('targets')).toBeNull();
  });

  test.each(['snapshot', 'targets'] as const)('a well signed %s of another digest is refused', async (role) => {
    repository.tellsDigests = true;
    repository.publish();
    const other = { ...repository[role], expires: inDays(40) };
    repository.files.set(`2.${role}.json`, seal(other, repository.signers[role]));
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted(role)).toBeNull();
  });

  test('right lengths and digests are taken', async () => {
    repository.tellsDigests = true;
    repository.publish();
    await look();
    expect(client.trustedVersions).toEqual([1, 2, 2, 2]);
  });
});

describe('keys and thresholds', () => {
  test.each(['timestamp', 'snapshot', 'targets'] as const)('a %s without a signature is refused', async (role) => {
    repository.signers[role].length = 0;
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('targets')).toBeNull();
  });

  test.each(['timestamp', 'snapshot', 'targets'] as const)(
    'a %s of a key that root does not name is refused',
    async (role) => {
      repository.signers[role] = [makeSigner()];
      repository.publish();
      await expect(look()).rejects.toMatchObject(refused);
    },
  );

  test('a key of one role can not sign for another', async () => {
    repository.signers.targets = [...repository.signers.timestamp];
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
  });

  test('one of two needed signatures is not enough, nor the same one twice', async () => {
    const [first] = repository.signers.targets;
    repository.addKey('targets');
    repository.root.roles.targets.threshold = 2;
    repository.publishRoot();
    if (first === undefined) throw new Error('no key');
    for (const signers of [[first], [first, first]]) {
      repository.signers.targets = signers;
      repository.publish();
      await expect(look()).rejects.toMatchObject(refused);
    }
    expect(trusted('targets')).toBeNull();
  });

  test('a key that is listed twice counts once', async () => {
    const [keyid = ''] = repository.root.roles.targets.keyids;
    repository.root.roles.targets = { keyids: [keyid, keyid], threshold: 2 };
    repository.publishRoot();
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
  });

  test('a role may be signed by a key of another type', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    // The point alone, as the suite has it: it is what an SPKI of P-256 ends with.
    const point = publicKey.export({ format: 'der', type: 'spki' }).subarray(-65).toString('hex');
    repository.replaceKeys('timestamp');
    const [{ keyid = '' } = {}] = repository.signers.timestamp;
    repository.root.keys[keyid] = { keytype: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', keyval: { public: point } };
    repository.publishRoot();
    repository.publish();
    await expect(look()).rejects.toMatchObject(refused);
    repository.signers.timestamp = [{ keyid, publicHex: '', privateKey }];
    repository.publishTimestamp();
    await look();
    expect(trusted('timestamp')).not.toBeNull();
  });

  test('signatures of unknown keys beside enough good ones do no harm', async () => {
    repository.signers.targets.push(makeSigner());
    repository.publish();
    await look();
    expect(trusted('targets')).toBe(2);
  });

  test('a signature over other bytes is refused', async () => {
    const bytes = JSON.parse(seal(repository.timestamp, repository.signers.timestamp).toString()) as {
      signed: { expires: string };
    };
    bytes.signed.expires = inDays(300);
    repository.files.set('timestamp.json', Buffer.from(JSON.stringify(bytes)));
    await expect(look()).rejects.toMatchObject(refused);
  });
});

describe('rotation', () => {
  test('several roots in a row are followed, each signed by the one before', async () => {
    for (let n = 0; n < 3; n += 1) {
      const before = [...repository.signers.root];
      repository.replaceKeys('root');
      repository.publishRoot([...before, ...repository.signers.root]);
    }
    await look();
    expect(trusted('root')).toBe(4);
  });

  test('a root that its own keys did not sign is refused', async () => {
    const before = [...repository.signers.root];
    repository.replaceKeys('root');
    repository.publishRoot(before);
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('root')).toBe(1);
  });

  test('a root that the keys before it did not sign is refused', async () => {
    repository.replaceKeys('root');
    repository.publishRoot();
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('root')).toBe(1);
  });

  test('two of three keys make a new root, one of three does not', async () => {
    await client.clean();
    client = await makeUpdateClient(new UpdateRepository(3, 2));
    ({ repository, site } = client);
    const [first, second] = repository.signers.root;
    if (first === undefined || second === undefined) throw new Error('no keys');
    repository.publishRoot([first]);
    await expect(look()).rejects.toMatchObject(refused);
    repository.root.version = 1;
    repository.publishRoot([first, second]);
    await look();
    expect(trusted('root')).toBe(2);
  });

  test('a root whose number is not the next is refused', async () => {
    repository.root.version = 2;
    repository.publishRoot();
    repository.files.set('2.root.json', repository.files.get('3.root.json') ?? Buffer.alloc(0));
    await expect(look()).rejects.toMatchObject(refused);
    expect(trusted('root')).toBe(1);
  });

  test.each(['timestamp', 'snapshot', 'targets'] as const)(
    'after new keys for %s the old ones are worth nothing',
    async (role) => {
      await look();
      const old = [...repository.signers[role]];
      repository.replaceKeys(role);
      repository.publishRoot();
      const now = [...repository.signers[role]];
      repository.signers[role] = old;
      repository.publish();
      await expect(look()).rejects.toMatchObject(refused);
      repository.signers[role] = now;
      repository.publish();
      await look();
      expect(trusted(role)).toBe(3);
    },
  );

  test('more new roots than a limit are not followed at once, but from look to look', async () => {
    for (let n = 0; n < 70; n += 1) repository.publishRoot();
    await look();
    expect(trusted('root')).toBe(65);
    await look();
    expect(trusted('root')).toBe(71);
  });
});
