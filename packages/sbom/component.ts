import { Type, type Static } from 'typebox';

/** One piece of software that a file names: a line of a lock file, an entry of a package database, a component of an SBOM. */
export const Component = Type.Object({
  /** Package URL (purl-spec), canonical form. */
  purl: Type.String({ minLength: 1, maxLength: 1024 }),
  name: Type.String({ minLength: 1, maxLength: 512 }),
  version: Type.String({ maxLength: 1024 }),
  /** Where it was found, relative to the root that was read; a few of them. */
  locations: Type.Array(Type.String({ maxLength: 4096 }), { maxItems: 32 }),
  /** Licence expressions as stated (SPDX where it is one). */
  licences: Type.Array(Type.String({ maxLength: 512 }), { maxItems: 32 }),
});
export type Component = Static<typeof Component>;
