import { Envelope } from '@thimble/protocol';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

export const BUNDLE_PAYLOAD_TYPE = 'application/vnd.thimble.advisories-bundle+json';
export const MANIFEST_NAME = 'manifest.json';

/** The manifest with its signature: a few hundred bytes for each feed. */
export const MANIFEST_LIMIT_BYTES = 4 * 1024 * 1024;
/** All feeds of the registry are some dozens. */
const FEEDS_LIMIT = 1_000;
/** EPSS has 360,000 facts, all of OSV a million records. */
const RECORDS_LIMIT = 20_000_000;
/** Unpacked records of one feed. */
const UNPACKED_LIMIT_BYTES = 64 * 1024 ** 3;

const Moment = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' });

/** One feed's records: newline-delimited JSON, zstd. */
export const BundledFeed = Type.Object({
  feed: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,63}$' }),
  file: Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,63}\\.ndjson\\.zst$' }),
  /** Of the packed file, lower-case hex. */
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  packedBytes: Type.Integer({ minimum: 0, maximum: UNPACKED_LIMIT_BYTES }),
  bytes: Type.Integer({ minimum: 0, maximum: UNPACKED_LIMIT_BYTES }),
  advisories: Type.Integer({ minimum: 0, maximum: RECORDS_LIMIT }),
  facts: Type.Integer({ minimum: 0, maximum: RECORDS_LIMIT }),
  syncedAt: Moment,
  watermark: Type.Union([Type.String({ maxLength: 65_536 }), Type.Null()]),
});
export type BundledFeed = Static<typeof BundledFeed>;

/** What is signed: what a bundle holds, who made it and when. */
export const BundleManifest = Type.Object({
  version: Type.Literal(1),
  createdAt: Moment,
  producer: Type.String({ maxLength: 256 }),
  feeds: Type.Array(BundledFeed, { minItems: 1, maxItems: FEEDS_LIMIT }),
});
export type BundleManifest = Static<typeof BundleManifest>;

/** The first file of a bundle. The keys help those who know only a fingerprint; they prove nothing by themselves. */
export const SignedManifest = Type.Object({
  envelope: Envelope,
  publicKeys: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 16 }),
});

export const manifests = Compile(BundleManifest);
export const signedManifests = Compile(SignedManifest);
