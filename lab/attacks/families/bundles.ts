import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BundleFolder,
  type BundledObject,
  ContentBundleError,
  objectsOf,
  openBundleFolder,
  openManifest,
  signManifest,
  verifyBundle,
} from '@thimble/content/bundle';
import { CONTENT_BUNDLE_PAYLOAD_TYPE, type ContentManifest, type SignedContentManifest } from '@thimble/protocol';
import { generateSigningKey, signEnvelope } from '@thimble/protocol/signing';
import { bundledPatch, type BundledPatch } from '../target/bundled-patch.ts';
import type { Attack, AttackFamily, Attempt } from '../attack.ts';

/** The side that exports; whoever imports trusts it. */
const exporter = generateSigningKey();

/** Whoever carries a bundle over the air gap writes another manifest. */
function manifest(
  name: string,
  refusal: string,
  forge: (genuine: ContentManifest) => SignedContentManifest | Readonly<Record<string, unknown>>,
): Attack {
  return {
    name,
    refusal,
    record: 'verifier',
    attempt: async () => {
      try {
        openManifest(forge(bundledPatch().manifest), [exporter.keyid]);
        return { refusal: 'taken', isRecorded: false };
      } catch (error) {
        return told(error);
      }
    },
  };
}

/** The manifest is genuine, and its files are not what it says. */
function files(
  name: string,
  refusal: 'missing' | 'damaged',
  change: (pathOf: (object: BundledObject) => string, patch: BundledPatch) => Promise<void>,
): Attack {
  return {
    name,
    refusal,
    record: 'verifier',
    attempt: (): Promise<Attempt> =>
      withBundle(async (folder, patch) => {
        const { sha256 } = patch.object;
        await change(
          (object) => join(folder.directory, 'objects', object.sha256.slice(0, 2), object.sha256.slice(2)),
          patch,
        );
        const flaws = await verifyBundle(folder, openManifest(await folder.manifest(), [exporter.keyid]), {
          signal: new AbortController().signal,
          onBytes: () => undefined,
        });
        const kind = (['missing', 'damaged'] as const).find((each) => flaws[each].length > 0) ?? 'taken';
        const found = [...flaws.missing, ...flaws.damaged].map((object) => object.sha256);
        return { refusal: kind, isRecorded: found.includes(sha256) };
      }),
  };
}

async function withBundle(use: (folder: BundleFolder, patch: BundledPatch) => Promise<Attempt>): Promise<Attempt> {
  const directory = await mkdtemp(join(tmpdir(), 'thimble-attacked-bundle-'));
  try {
    const patch = bundledPatch();
    const folder = openBundleFolder(join(directory, 'bundle'));
    await folder.writeManifest(signManifest(patch.manifest, exporter));
    for (const object of objectsOf(patch.manifest)) await folder.write(object, patch.bytesOf(object));
    return await use(folder, patch);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function told(error: unknown): Attempt {
  if (!(error instanceof ContentBundleError)) throw error;
  return { refusal: error.code, isRecorded: error.message !== '' && error.hint !== '' };
}

/** The exporting side's own signature, over what no export writes. */
const signed = (genuine: ContentManifest, change: object): SignedContentManifest => {
  const payload = Buffer.from(JSON.stringify({ ...genuine, ...change }));
  return {
    envelope: signEnvelope(CONTENT_BUNDLE_PAYLOAD_TYPE, payload, [exporter]),
    publicKeys: [exporter.publicKey],
  };
};

const withPath = (genuine: ContentManifest, path: string): SignedContentManifest =>
  signed(genuine, {
    repositories: genuine.repositories.map((repository) => ({
      ...repository,
      metadata: repository.metadata.map((file) => ({ ...file, path })),
    })),
  });

export const bundles: AttackFamily = {
  name: 'bundles',
  attacks: [
    manifest('content signed by a key of the attacker', 'bundle-not-trusted', (genuine) =>
      signManifest(genuine, generateSigningKey()),
    ),
    manifest('content signed under the exporter’s name by another key', 'bundle-not-trusted', (genuine) =>
      signManifest(genuine, { ...generateSigningKey(), keyid: exporter.keyid }),
    ),
    manifest('signature stripping: a manifest without any', 'not-a-bundle', (genuine) => ({ ...genuine })),
    manifest('another manifest under a genuine signature', 'bundle-not-trusted', (genuine) => {
      const other = signManifest({ ...genuine, producer: 'attacker' }, generateSigningKey());
      const genuineOne = signManifest(genuine, exporter);
      return { ...genuineOne, envelope: { ...genuineOne.envelope, payload: other.envelope.payload } };
    }),
    manifest('type confusion: the exporter’s signature over something else', 'bundle-not-trusted', (genuine) => ({
      envelope: signEnvelope('application/vnd.thimble.advisories+json', Buffer.from(JSON.stringify(genuine)), [
        exporter,
      ]),
      publicKeys: [exporter.publicKey],
    })),
    manifest('a path out of the repository', 'not-a-bundle', (genuine) => withPath(genuine, '../../etc/cron.d/evil')),
    manifest('an absolute path', 'not-a-bundle', (genuine) => withPath(genuine, '/etc/cron.d/evil')),
    manifest('a path with a zero byte', 'not-a-bundle', (genuine) => withPath(genuine, 'InRelease\0.evil')),
    manifest('a digest that is a path', 'not-a-bundle', (genuine) =>
      signed(genuine, { objects: [`../../../etc/passwd 10`] }),
    ),
    manifest('one file with two sizes', 'not-a-bundle', (genuine) =>
      signed(genuine, { objects: genuine.objects.flatMap((line) => [line, `${line}0`]) }),
    ),
    manifest('a size that no disk has', 'not-a-bundle', (genuine) =>
      signed(genuine, { objects: [`${'a'.repeat(64)} 99999999999999999999`] }),
    ),
    manifest('a manifest with a prototype', 'not-a-bundle', () =>
      JSON.parse('{"__proto__":{"envelope":{}},"publicKeys":[]}'),
    ),
    files('a file whose bytes were exchanged', 'damaged', async (pathOf, { object }) =>
      writeFile(pathOf(object), Buffer.alloc(object.sizeBytes, 'x')),
    ),
    files('a file that was cut off', 'missing', (pathOf, { object }) => truncate(pathOf(object), object.sizeBytes - 1)),
    files('a file with a tail', 'missing', (pathOf, { object }) => truncate(pathOf(object), object.sizeBytes + 1)),
    files('a file that is a link out of the bundle', 'damaged', async (pathOf, { object }) => {
      const outside = `${pathOf(object)}-outside`;
      await writeFile(outside, Buffer.alloc(object.sizeBytes, 'x'));
      await rm(pathOf(object));
      await symlink(outside, pathOf(object));
    }),
    {
      name: 'a medium with a link where the next file is to be written',
      refusal: 'not followed',
      record: 'verifier',
      attempt: () =>
        withBundle(async (folder, { object, bytesOf }) => {
          const victim = join(folder.directory, '..', 'victim');
          await writeFile(victim, 'untouched');
          const path = join(folder.directory, 'objects', object.sha256.slice(0, 2), object.sha256.slice(2));
          await rm(path);
          await symlink(victim, `${path}.partial`);
          await folder.write(object, bytesOf(object));
          const isUntouched = (await readFile(victim, 'utf8')) === 'untouched';
          return { refusal: isUntouched ? 'not followed' : 'overwritten', isRecorded: await folder.has(object) };
        }),
    },
  ],
};
