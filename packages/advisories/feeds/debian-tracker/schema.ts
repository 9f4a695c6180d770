import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Text = Type.String({ maxLength: 1_000_000 });

const ReleaseState = Type.Object({
  status: Type.Union([Type.Literal('resolved'), Type.Literal('open'), Type.Literal('undetermined')]),
  /** Characters of a Debian version (deb-version(7)); `0`: no version was ever affected. */
  fixed_version: Type.Optional(Type.String({ maxLength: 256, pattern: '^[0-9A-Za-z.+:~-]+$' })),
  urgency: Type.Optional(Type.String({ maxLength: 64 })),
  nodsa: Type.Optional(Text),
  /** Empty, `postponed` or `ignored`. */
  nodsa_reason: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Null()])),
});
export type ReleaseState = Static<typeof ReleaseState>;

const TrackerRecord = Type.Object({
  description: Type.Optional(Text),
  debianbug: Type.Optional(Type.Integer({ minimum: 1 })),
  /** Written as an empty list where there is none. */
  releases: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Array(Type.Unknown(), { maxItems: 0 })]),
});

export const releaseState = Compile(ReleaseState);
export const trackerRecord = Compile(TrackerRecord);
/** deb-src-control(5): a source package's name. */
export const SOURCE_NAME = /^[a-z0-9][a-z0-9+.-]{1,127}$/;
/** `TEMP-…` stands for a vulnerability that has no CVE yet. */
export const VULNERABILITY = /^(?:CVE-\d{4}-\d{4,19}|TEMP-\d{7}-[0-9A-F]{6})$/;
