import { Type, type Static } from 'typebox';
import { RepositoryFormatId } from '../documents/repositories.ts';
import { Count, Label, Prose, Sha256, Timestamp } from '../fields.ts';
import { Envelope } from '../orders/order.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Address = Type.String({ minLength: 1, maxLength: 2048 });
const FilePath = Type.String({ minLength: 1, maxLength: 1024 });

/** One repository of a bundle: how it is defined, whose signature counts, and its metadata as the vendor published it. */
export const BundledRepository = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 200 }),
  format: RepositoryFormatId,
  uris: Type.Array(Address, { minItems: 1, maxItems: 64 }),
  mirrorList: orNull(Address),
  suite: Label,
  components: Type.Array(Label, { maxItems: 64 }),
  architectures: Type.Array(Label, { maxItems: 16 }),
  signature: Type.Union([Type.Literal('metadata'), Type.Literal('packages')]),
  files: Type.Array(Type.Unknown(), { maxItems: 10_000 }),
  anchors: Type.Array(
    Type.Object({
      kind: Type.Union([Type.Literal('openpgp'), Type.Literal('rsa')]),
      fingerprint: Label,
      name: Label,
      /** Base64. */
      material: Type.String({ maxLength: 1_500_000 }),
    }),
    { maxItems: 64 },
  ),
  metadataPath: Label,
  metadataSha256: Sha256,
  /** When it was frozen: the time by which its signatures and dates are judged again. */
  frozenAt: Timestamp,
  metadata: Type.Array(Type.Object({ path: FilePath, sha256: Sha256, sizeBytes: Count }), { maxItems: 10_000 }),
});
export type BundledRepository = Static<typeof BundledRepository>;

/**
 * What a bundle of content holds. The importing side verifies the vendors' own signatures anew, from the metadata downwards: this
 * document only says which repositories and keys somebody approved there.
 */
export const ContentManifest = Type.Object({
  version: Type.Literal(1),
  producer: Label,
  snapshot: Type.Object({ name: Label, note: Prose, createdAt: Timestamp }),
  /** `fleet`: those of which an endpoint there has a version; `all`: every package. */
  packages: Type.Union([Type.Literal('fleet'), Type.Literal('all')]),
  repositories: Type.Array(BundledRepository, { minItems: 1, maxItems: 200 }),
  /** Package files, sorted by digest: `DIGEST SIZE`. */
  objects: Type.Array(Type.String({ pattern: '^[0-9a-f]{64} [0-9]{1,15}$' }), { maxItems: 400_000 }),
});
export type ContentManifest = Static<typeof ContentManifest>;

export const CONTENT_BUNDLE_PAYLOAD_TYPE = 'application/vnd.thimble.content-bundle+json';

/** Half a million lines of objects and the keys of 200 repositories, in base64: more than any order has. */
const PAYLOAD_LIMIT_CHARACTERS = 96 * 1024 * 1024;

export const SignedContentManifest = Type.Object({
  envelope: Type.Object({
    ...Envelope.properties,
    payload: Type.String({ maxLength: PAYLOAD_LIMIT_CHARACTERS }),
  }),
  publicKeys: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 16 }),
});
export type SignedContentManifest = Static<typeof SignedContentManifest>;

/** Reply to GET /content/snapshots/:id/manifest: what is signed, and where each object can be had meanwhile. */
export const SnapshotManifestReply = Type.Object({
  signed: SignedContentManifest,
  /** As in the manifest's `objects`: addresses below the server, which acquires what it has not yet. */
  addresses: Type.Array(Type.String({ maxLength: 2048 }), { maxItems: 400_000 }),
  /** Of the metadata files. */
  metadataBytes: Count,
  objectBytes: Count,
  /** What is left out, and why. */
  gaps: Type.Array(Type.Object({ what: Label, why: Prose })),
});
export type SnapshotManifestReply = Static<typeof SnapshotManifestReply>;

export const MissingObjectsRequest = Type.Object({ sha256: Type.Array(Sha256, { maxItems: 10_000 }) });
export type MissingObjectsRequest = Static<typeof MissingObjectsRequest>;
export const MissingObjectsReply = Type.Object({ missing: Type.Array(Sha256, { maxItems: 10_000 }) });
export type MissingObjectsReply = Static<typeof MissingObjectsReply>;
