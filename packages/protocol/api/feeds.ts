import { Type, type Static } from 'typebox';
import { Count, Label, Prose, Timestamp } from '../fields.ts';

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

/**
 * `fresh` synchronised within three intervals · `stale` not for longer · `failing` the last attempt failed ·
 * `never` not synchronised yet · `off` nobody needs it, or it is switched off
 */
export const FeedHealth = Type.Union([
  Type.Literal('fresh'),
  Type.Literal('stale'),
  Type.Literal('failing'),
  Type.Literal('never'),
  Type.Literal('off'),
]);
export type FeedHealth = Static<typeof FeedHealth>;

export const FeedSummary = Type.Object({
  id: Label,
  name: Label,
  publisher: Label,
  documentation: Label,
  licence: Label,
  namespaces: Type.Array(Label),
  /** `auto`: synchronised when the fleet has software that it speaks of. */
  mode: Type.Union([Type.Literal('auto'), Type.Literal('on'), Type.Literal('off')]),
  /** What of the fleet makes it needed: `debian:12 on 6 endpoints`; empty: nothing. */
  neededFor: Type.Array(Label),
  health: FeedHealth,
  explanation: Prose,
  baseUrl: Type.String({ maxLength: 2048 }),
  intervalHours: Type.Number(),
  syncedAt: orNull(Timestamp),
  changedAt: orNull(Timestamp),
  nextAt: orNull(Timestamp),
  running: orNull(Type.Object({ startedAt: Timestamp, records: Count, message: Label })),
  advisoryCount: Count,
  factCount: Count,
  faultCount: Count,
  faults: Type.Array(Type.Object({ record: Label, reason: Prose })),
  failure: orNull(Type.Object({ at: Timestamp, code: Label, message: Prose })),
});
export type FeedSummary = Static<typeof FeedSummary>;
export const FeedList = Type.Object({ items: Type.Array(FeedSummary), total: Count });
export type FeedList = Static<typeof FeedList>;

export const FeedUpdateRequest = Type.Object({
  mode: Type.Optional(FeedSummary.properties.mode),
  /** Empty: the publisher's own address. */
  baseUrl: Type.Optional(Type.String({ maxLength: 2048 })),
});
export type FeedUpdateRequest = Static<typeof FeedUpdateRequest>;

/** What an imported bundle brought. */
export const FeedImportResult = Type.Object({
  producedAt: Timestamp,
  signer: Label,
  feeds: Type.Array(Type.Object({ id: Label, advisories: Count, facts: Count, outcome: Label })),
});
export type FeedImportResult = Static<typeof FeedImportResult>;
