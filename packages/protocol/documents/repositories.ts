import { Type, type Static } from 'typebox';
import { Architecture, Count, Gap, Label, Sha256 } from '../fields.ts';

const Address = Type.String({ maxLength: 2048 });

export const RepositoryFormatId = Type.Union([
  Type.Literal('apt'),
  Type.Literal('rpm'),
  Type.Literal('apk'),
  Type.Literal('generic'),
]);
export type RepositoryFormatId = Static<typeof RepositoryFormatId>;

/** A repository as an endpoint has it configured. Credentials in addresses are left out. */
export const ConfiguredRepository = Type.Object({
  format: RepositoryFormatId,
  /** How its own configuration names it: `/etc/apt/sources.list.d/debian.sources:1`, a section of a .repo file. */
  name: Label,
  /** Mirrors of each other, as written; several entries of apt's `URIs` are several repositories. */
  uris: Type.Array(Address, { maxItems: 64 }),
  mirrorList: Type.Union([Address, Type.Null()]),
  /** apt: suite, codename, or a path ending in `/`; empty elsewhere. */
  suite: Label,
  components: Type.Array(Label, { maxItems: 64 }),
  /** What this endpoint takes from it: its option, else the endpoint's native and foreign architectures. */
  architectures: Type.Array(Architecture, { maxItems: 16 }),
  /**
   * `keyrings`: the keys named below vouch for it. `unsigned`: the endpoint's administrator declared that none is needed, so it
   * can't be proposed with trust.
   */
  trust: Type.Union([Type.Literal('keyrings'), Type.Literal('unsigned')]),
  /** SHA-256 of the key files (see `keyrings`) that this endpoint accepts for it. */
  keyrings: Type.Array(Sha256, { maxItems: 64 }),
  /** When only some keys of these files count (`Signed-By: FINGERPRINT`); empty: all of them. */
  fingerprints: Type.Array(Type.String({ pattern: '^[0-9A-F]{16,64}$' }), { maxItems: 64 }),
});
export type ConfiguredRepository = Static<typeof ConfiguredRepository>;

/** A file of public keys. */
export const Keyring = Type.Object({
  sha256: Sha256,
  /** On the endpoint; `inline` for a key inside a sources file. */
  path: Label,
  sizeBytes: Count,
  /** The bytes in base64, binary or armored as they are. */
  material: Type.String({ maxLength: 1_500_000 }),
});
export type Keyring = Static<typeof Keyring>;

/** Where an endpoint gets its software from and whose signatures it accepts. Equal on equally configured endpoints, so it is stored once. */
export const Repositories = Type.Object({
  format: Type.Literal(1),
  /** Sorted by format, first address, suite, name. */
  repositories: Type.Array(ConfiguredRepository, { maxItems: 1000 }),
  /** Sorted by digest. */
  keyrings: Type.Array(Keyring, { maxItems: 256 }),
  gaps: Type.Array(Gap, { maxItems: 100 }),
});
export type Repositories = Static<typeof Repositories>;
