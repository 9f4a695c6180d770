import { Type, type Static } from 'typebox';
import { Line, LIMITS, Name, orNull, RecordId, Version } from './fields.ts';

/**
 * A stretch of versions. `introduced` null: from the first version on. It ends before `fixed`, or with `lastAffected`;
 * both null: it has no end. At most one of the two is set.
 */
export const Interval = Type.Object({
  introduced: orNull(Version),
  fixed: orNull(Version),
  lastAffected: orNull(Version),
});
export type Interval = Static<typeof Interval>;

/**
 * What the publisher says of a repair: `fixed` in `version` · `none` yet · `wont-fix` · `deferred` (postponed, no-dsa:
 * with the next point release or update) · `end-of-life` (the release or package gets no repairs any more) · `unknown`.
 */
export const Fix = Type.Object({
  state: Type.Union([
    Type.Literal('fixed'),
    Type.Literal('none'),
    Type.Literal('wont-fix'),
    Type.Literal('deferred'),
    Type.Literal('end-of-life'),
    Type.Literal('unknown'),
  ]),
  /** The first repaired version; null unless `fixed`. */
  version: orNull(Version),
});
export type Fix = Static<typeof Fix>;

/** A product that must be there besides for the claim to hold, as NVD's AND configurations say (CPE 2.3 name). */
export const Requirement = Type.Object({
  cpe: Type.String({ maxLength: 512 }),
  intervals: Type.Array(Interval, { maxItems: LIMITS.intervalsPerClaim }),
});
export type Requirement = Static<typeof Requirement>;

/** One statement of an advisory about one package (or product) in one place. */
export const Claim = Type.Object({
  /** Which of the advisory's vulnerabilities it is about; empty: all of them. */
  vulnerabilities: Type.Array(RecordId, { maxItems: LIMITS.vulnerabilitiesPerAdvisory }),
  /** `unaffected` is a statement of its own, never a made-up range. */
  status: Type.Union([Type.Literal('affected'), Type.Literal('unaffected'), Type.Literal('under-investigation')]),
  /**
   * Where `name` holds: a distribution and release as `namespaceOf` writes them (`debian:12`, `almalinux:9`, `wolfi`), an
   * ecosystem (`npm`, `pypi`, `golang`, `cargo`, `maven`, `gem`, `nuget`, `composer`, `pub`, `hex`, `cran`, `hackage`,
   * `bitnami`), `cpe` (name `vendor:product`), `windows`.
   */
  namespace: Name,
  name: Name,
  /** Debian, Ubuntu and Alpine speak of source packages; RPM distributions of binary ones; `product` for cpe and windows. */
  nameKind: Type.Union([Type.Literal('source'), Type.Literal('binary'), Type.Literal('product')]),
  /** Version scheme of the intervals, an id of @thimble/versions. */
  scheme: Type.String({ maxLength: 32 }),
  /** The versions that the status holds for. Both lists empty: every version. */
  intervals: Type.Array(Interval, { maxItems: LIMITS.intervalsPerClaim }),
  versions: Type.Array(Version, { maxItems: LIMITS.versionsPerClaim }),
  fix: Fix,
  /** The vendor's own word: `no-dsa`, `postponed`, `ignored`, `unimportant`, `end-of-life`, `needed`, `Will not fix`, … */
  vendorStatus: orNull(Line),
  /** The vendor's own severity for this package, as written. */
  severity: orNull(Line),
  /** The pocket, stream or subscription in which the fix is: `esm-infra`, `rhel_eus:9.2`, `community`. Null: the main one. */
  channel: orNull(Line),
  /** RPM module and stream, `nodejs:18`; null: not of a module. */
  module: orNull(Line),
  /** Null: all architectures. */
  architectures: orNull(Type.Array(Type.String({ maxLength: 32 }), { maxItems: 64 })),
  /** NVD's `running on`: any one of an inner list, of every outer list. Empty: no further condition. */
  requires: Type.Array(Type.Array(Requirement, { maxItems: 5_000 }), { maxItems: 64 }),
  /** What the publisher calls it, where `name` was made from that: a CPE 2.3 name, a product's title. Not for matching. */
  product: Type.Optional(Line),
});
export type Claim = Static<typeof Claim>;
