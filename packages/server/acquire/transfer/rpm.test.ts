import { createHash } from 'node:crypto';
import { signManifest } from '@thimble/content/bundle';
import { createSignedRpmRepository, nativeToolsForTests, type SignedRpmRepository } from '@thimble/content/testing';
import type { ContentManifest } from '@thimble/protocol';
import { generateSigningKey } from '@thimble/protocol/signing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestFleet, startTestFleet } from '../../testing/test-fleet.ts';

const available = await nativeToolsForTests('rpm repositories', 'rpm');
const REPOMD = 'repodata/repomd.xml';
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!available)('a bundle of an rpm repository', () => {
  const exporter = generateSigningKey();
  let inside: TestFleet;
  let repository: SignedRpmRepository;
  beforeAll(async () => {
    inside = await startTestFleet({ settings: { feedKeys: exporter.keyid } });
    repository = await createSignedRpmRepository();
    await repository.signPackage(await repository.build({ name: 'tool', version: '1.0' }));
  });
  afterAll(async () => {
    await inside?.stop();
    await repository?.close();
  });

  /** Brings all files of the repository as it is, and says whose they are. */
  async function importAs(place: string, signature: 'metadata' | 'packages') {
    const cookie = await inside.signIn();
    const { anchor, definition } = repository;
    const metadata = [];
    const objects = [];
    for (const [path, bytes] of await repository.files()) {
      const [sha256, sizeBytes] = [digest(bytes), bytes.length];
      if (path.startsWith('repodata/')) metadata.push({ path, sha256, sizeBytes });
      else objects.push(`${sha256} ${sizeBytes}`);
      const url = `${inside.url}/api/v1/content/import/objects/${sha256}`;
      const headers = { cookie, origin: inside.url };
      expect((await fetch(url, { method: 'PUT', headers, body: Buffer.from(bytes) })).status).toBe(204);
    }
    const { architectures, suite } = definition;
    const material = Buffer.from(anchor.material).toString('base64');
    const manifest: ContentManifest = {
      version: 1,
      producer: 'test',
      snapshot: { name: place, note: '', createdAt: '2026-01-01T00:00:00.000Z' },
      packages: 'all',
      repositories: [
        {
          name: place,
          format: 'rpm',
          uris: [`https://${place}.example/`],
          mirrorList: `https://${place}.example/mirrors`,
          suite,
          components: [],
          architectures: [...architectures],
          signature,
          files: [],
          anchors: [{ kind: 'openpgp', fingerprint: anchor.fingerprint, name: '', material }],
          metadataPath: REPOMD,
          metadataSha256: metadata.find(({ path }) => path === REPOMD)?.sha256 ?? '',
          frozenAt: new Date().toISOString(),
          metadata,
        },
      ],
      objects: objects.sort(),
    };
    return inside.call('POST', '/content/import', signManifest(manifest, exporter));
  }

  test('with signed metadata is taken; its list of mirrors is not asked', async () => {
    await repository.publish();
    expect(await importAs('signed', 'metadata')).toMatchObject({ status: 201, json: { summary: { packageCount: 1 } } });
  });

  test('with SHA-512 finds its packages by that', async () => {
    await repository.publish({ options: ['--checksum', 'sha512'] });
    expect(await importAs('sha512', 'metadata')).toMatchObject({ status: 201, json: { summary: { packageCount: 1 } } });
    const { rows } = await inside.context.database.pool.query(
      `select p.sha256 is not null as found from content_package p where p.check_kind = 'sha512'`,
    );
    expect(rows).toEqual([{ found: true }]);
  });

  test('without a signature is taken only where packages are signed one by one, and each of them is', async () => {
    await repository.publish({ signedBy: null });
    const unsigned = await importAs('unsigned', 'metadata');
    expect(unsigned).toMatchObject({ status: 422, json: { code: 'bundle-refused', extra: { fault: 'unsigned' } } });
    expect(await importAs('packages', 'packages')).toMatchObject({ status: 201 });
    expect(await importAs('packages', 'metadata')).toMatchObject({ status: 409, json: { code: 'repository-differs' } });
    await repository.build({ name: 'smuggled', version: '1.0' });
    await repository.publish({ signedBy: null });
    const smuggled = await importAs('other', 'packages');
    expect(smuggled).toMatchObject({ status: 422, json: { code: 'bundle-refused', extra: { fault: 'unsigned' } } });
  });

  test('makes the server fail in no way', () => {
    expect(inside.errors).toEqual([]);
  });
});
