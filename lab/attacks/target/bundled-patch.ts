import { createHash } from 'node:crypto';
import type { BundledObject } from '@thimble/content/bundle';
import type { ContentManifest } from '@thimble/protocol';

/** What one side of an air gap exports for the other: a snapshot of one package. */
export interface BundledPatch {
  readonly manifest: ContentManifest;
  /** The package. */
  readonly object: BundledObject;
  readonly bytesOf: (object: BundledObject) => AsyncGenerator<Uint8Array>;
}

const MADE_AT = '2026-11-22T00:00:00.000Z';

export function bundledPatch(): BundledPatch {
  const contents = [Buffer.from('InRelease '.repeat(100)), Buffer.from('package '.repeat(1000))] as const;
  const [metadata, object] = [stated(contents[0]), stated(contents[1])];
  return {
    manifest: {
      version: 1,
      producer: 'attacked',
      snapshot: { name: '2026-11', note: '', createdAt: MADE_AT },
      packages: 'all',
      repositories: [
        {
          name: 'debian',
          format: 'apt',
          uris: ['https://deb.example/'],
          mirrorList: null,
          suite: 'stable',
          components: ['main'],
          architectures: ['amd64'],
          signature: 'metadata',
          files: [],
          anchors: [],
          metadataPath: 'dists/stable/InRelease',
          metadataSha256: metadata.sha256,
          frozenAt: MADE_AT,
          metadata: [{ path: 'dists/stable/InRelease', ...metadata }],
        },
      ],
      objects: [`${object.sha256} ${object.sizeBytes}`],
    },
    object,
    bytesOf: async function* ({ sha256 }) {
      yield contents.find((bytes) => stated(bytes).sha256 === sha256) ?? Buffer.of();
    },
  };
}

function stated(bytes: Buffer): BundledObject {
  return { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length };
}
