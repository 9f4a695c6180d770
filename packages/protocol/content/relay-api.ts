import { Type, type Static } from 'typebox';
import { Architecture, Count, Label, PackageVersion, Sha256, Timestamp, Uuid } from '../fields.ts';
import { OrderKey } from '../agent/index.ts';

/**
 * What a relay says to the server, below `/api/v1/relay`, with its token as bearer:
 *
 *     POST /hello    RelayHello → RelayWelcome; once a minute
 */
export const RelayHello = Type.Object({
  version: Label,
  /** Where endpoints reach it, e.g. `https://relay.site.example:8444`. */
  url: Type.String({ maxLength: 2048 }),
  certificateSha256: Sha256,
  startedAt: Timestamp,
  cacheBytes: Count,
  cacheLimitBytes: Count,
  objectCount: Count,
  freeBytes: Type.Union([Count, Type.Null()]),
  /** Since the last hello that was answered, by organisation and hour: added to the savings exactly once (`sequence`). */
  sequence: Count,
  usage: Type.Array(
    Type.Object({
      hour: Timestamp,
      organisationId: Uuid,
      site: Type.Union([Label, Type.Null()]),
      revisionId: Type.Union([Uuid, Type.Null()]),
      requests: Count,
      hits: Count,
      servedBytes: Count,
      /** From the server. */
      fetchedBytes: Count,
    }),
    { maxItems: 2000 },
  ),
});
export type RelayHello = Static<typeof RelayHello>;

/** A blocked file as a relay recognises it. */
export const BlockedFile = Type.Object({
  organisationId: Uuid,
  sha256: Type.Union([Sha256, Type.Null()]),
  revisionId: Type.Union([Uuid, Type.Null()]),
  path: Type.Union([Type.String({ maxLength: 1024 }), Type.Null()]),
  name: Label,
  version: PackageVersion,
  architecture: Type.Union([Architecture, Type.Null()]),
});
export type BlockedFile = Static<typeof BlockedFile>;

export const RelayWelcome = Type.Object({
  relayId: Uuid,
  name: Label,
  /** The relay's organisation, and those below it: tickets of others are refused. */
  organisationIds: Type.Array(Uuid, { minItems: 1 }),
  /** Keys that sign tickets. */
  ticketKeys: Type.Array(OrderKey, { minItems: 1, maxItems: 8 }),
  /** Whole list each time: small. */
  blocked: Type.Array(BlockedFile, { maxItems: 10_000 }),
  /** Endpoints that were removed while a ticket of theirs may still be valid. */
  removedEndpoints: Type.Array(Uuid, { maxItems: 100_000 }),
  open: Type.Boolean(),
  acknowledgedSequence: Count,
  serverTime: Timestamp,
});
export type RelayWelcome = Static<typeof RelayWelcome>;
