import { Type, type Static } from 'typebox';
import { Line, Name, orNull, Version } from './fields.ts';

/**
 * Whose package it is: `distribution` the release's own repositories offer it · `third-party` another publisher's do
 * (`originName`), so the distribution's advisories say nothing about it · `unstated` no repository was named: an older
 * version that is not offered any more, or a file installed by hand · `ecosystem` a language package.
 */
export const SoftwareOrigin = Type.Union([
  Type.Literal('distribution'),
  Type.Literal('third-party'),
  Type.Literal('unstated'),
  Type.Literal('ecosystem'),
]);
export type SoftwareOrigin = Static<typeof SoftwareOrigin>;

/** One installed package version in one place: what verdicts are about. Equal software on many endpoints is one. */
export const Software = Type.Object({
  /** As in Claim. */
  namespace: Name,
  name: Name,
  version: Version,
  scheme: Type.String({ maxLength: 32 }),
  architecture: orNull(Type.String({ maxLength: 32 })),
  /** The source package it was built from. Null: the ecosystem knows none. */
  source: orNull(Type.Object({ name: Name, version: Version })),
  origin: SoftwareOrigin,
  /** The publisher in words, `Docker`, `apt.postgresql.org`; null: not known. */
  originName: orNull(Line),
  module: orNull(Line),
  /** Pocket or repository it was installed from, `bookworm-backports`, `epel`; null: not known or the main one. */
  channel: orNull(Line),
});
export type Software = Static<typeof Software>;
