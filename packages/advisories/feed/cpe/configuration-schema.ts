import { Type, type Static } from 'typebox';

/** Most matches of one node: Cisco's largest have about 4,000. */
const LIMIT_MATCHES = 20_000;

const optionalText = Type.Optional(Type.Union([Type.String({ maxLength: 1024 }), Type.Null()]));

export const CpeMatch = Type.Object({
  vulnerable: Type.Boolean(),
  criteria: Type.String({ maxLength: 1024 }),
  versionStartIncluding: optionalText,
  versionStartExcluding: optionalText,
  versionEndIncluding: optionalText,
  versionEndExcluding: optionalText,
});
export type CpeMatch = Static<typeof CpeMatch>;

const Operator = Type.Union([Type.Literal('AND'), Type.Literal('OR')]);

export const CpeNode = Type.Object({
  operator: Operator,
  negate: Type.Optional(Type.Boolean()),
  cpeMatch: Type.Array(CpeMatch, { maxItems: LIMIT_MATCHES }),
});
export type CpeNode = Static<typeof CpeNode>;

/** NVD's `configurations` (API 2.0) and the CVE record's `cpeApplicability` (CVE JSON 5.1): the same shape. */
export const CpeConfiguration = Type.Object({
  operator: Type.Optional(Operator),
  negate: Type.Optional(Type.Boolean()),
  nodes: Type.Array(CpeNode, { maxItems: 1_000 }),
});
export type CpeConfiguration = Static<typeof CpeConfiguration>;
