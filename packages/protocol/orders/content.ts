import { Type, type Static } from 'typebox';
import { Architecture, Label, PackageName, PackageVersion, Prose, Sha256, Timestamp, Uuid } from '../fields.ts';
import { RepositoryFormatId } from '../documents/repositories.ts';

/** One frozen repository of a snapshot, and how an endpoint recognises its own configuration in it. */
export const ContentRepository = Type.Object({
  revisionId: Uuid,
  format: RepositoryFormatId,
  /** Addresses under which endpoints have this repository configured; compared without credentials and a slash at the end. */
  uris: Type.Array(Type.String({ maxLength: 2048 }), { minItems: 1, maxItems: 64 }),
  suite: Label,
  components: Type.Array(Label, { maxItems: 64 }),
  /** Of the top-level signed metadata (InRelease): the endpoint refuses any other state. */
  metadataPath: Label,
  metadataSha256: Sha256,
  /** The metadata's own date. */
  date: Type.Union([Timestamp, Type.Null()]),
});
export type ContentRepository = Static<typeof ContentRepository>;

/** From what an order's packages come: a snapshot, and nothing else. */
export const ContentSource = Type.Object({
  snapshotId: Uuid,
  snapshotName: Label,
  repositories: Type.Array(ContentRepository, { minItems: 1, maxItems: 200 }),
});
export type ContentSource = Static<typeof ContentSource>;

/** A package version that must not be installed. */
export const Block = Type.Object({
  name: PackageName,
  /** null: every architecture. */
  architecture: Type.Union([Architecture, Type.Null()]),
  version: PackageVersion,
  reason: Prose,
});
export type Block = Static<typeof Block>;
