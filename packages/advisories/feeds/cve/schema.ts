import { Type, type Static } from 'typebox';
import { CpeConfiguration } from '../../feed/cpe/configuration-schema.ts';

const Text = Type.String({ maxLength: 500_000 });
const optional = Type.Optional;

const AffectedVersion = Type.Object({
  version: optional(Text),
  status: optional(Text),
  lessThan: optional(Text),
  lessThanOrEqual: optional(Text),
  changes: optional(Type.Array(Type.Object({ at: Text, status: Text }))),
});
export type AffectedVersion = Static<typeof AffectedVersion>;

export const AffectedProduct = Type.Object({
  cpes: optional(Type.Array(Text, { maxItems: 10_000 })),
  defaultStatus: optional(Text),
  versions: optional(Type.Array(AffectedVersion, { maxItems: 20_000 })),
});
export type AffectedProduct = Static<typeof AffectedProduct>;

const Container = Type.Object({
  title: optional(Text),
  providerMetadata: optional(Type.Object({ shortName: optional(Text) })),
  descriptions: optional(Type.Array(Type.Object({ lang: Text, value: Text }))),
  rejectedReasons: optional(Type.Array(Type.Object({ value: Text }))),
  affected: optional(Type.Array(AffectedProduct, { maxItems: 20_000 })),
  cpeApplicability: optional(Type.Array(CpeConfiguration)),
  /** Objects with one member each: `cvssV3_1`, `other` (SSVC), … */
  metrics: optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
  problemTypes: optional(
    Type.Array(Type.Object({ descriptions: optional(Type.Array(Type.Object({ cweId: optional(Text) }))) })),
  ),
  references: optional(Type.Array(Type.Object({ url: Text, tags: optional(Type.Array(Text)) }))),
});
export type CveContainer = Static<typeof Container>;

/** What is read of a CVE record (CVE JSON 5, https://github.com/CVEProject/cve-schema). */
export const CveRecord = Type.Object({
  dataType: Type.Literal('CVE_RECORD'),
  cveMetadata: Type.Object({
    cveId: Type.String({ pattern: '^CVE-\\d{4}-\\d{4,19}$' }),
    state: Type.Union([Type.Literal('PUBLISHED'), Type.Literal('REJECTED'), Type.Literal('RESERVED')]),
    datePublished: optional(Text),
    dateUpdated: optional(Text),
  }),
  containers: optional(Type.Object({ cna: optional(Container), adp: optional(Type.Array(Container)) })),
});
export type CveRecord = Static<typeof CveRecord>;

export const SsvcMetric = Type.Object({
  type: Type.Literal('ssvc'),
  content: Type.Object({
    timestamp: optional(Text),
    options: Type.Array(Type.Record(Type.String(), Type.String())),
  }),
});
export const CvssMetric = Type.Object({ vectorString: Text });
