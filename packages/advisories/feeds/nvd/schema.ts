import { Type, type Static } from 'typebox';
import { CpeConfiguration } from '../../feed/cpe/configuration-schema.ts';

const Text = Type.String({ maxLength: 200_000 });
const Weakness = Type.Object({ description: Type.Array(Type.Object({ lang: Text, value: Text })) });
/** `cvssMetricV2`, `cvssMetricV30`, `cvssMetricV31`, `cvssMetricV40`: scored by NVD (primary) or by others. */
const Metric = Type.Object({
  source: Text,
  type: Type.Optional(Text),
  cvssData: Type.Object({ vectorString: Text }),
});

/** What is read of a record of NVD's CVE API 2.0 and of the yearly files, which have the same shape. */
export const NvdCve = Type.Object({
  id: Type.String({ pattern: '^CVE-\\d{4}-\\d{4,19}$' }),
  vulnStatus: Type.Optional(Text),
  published: Type.Optional(Text),
  lastModified: Type.Optional(Text),
  descriptions: Type.Array(Type.Object({ lang: Text, value: Text })),
  // SSVC metrics (`ssvcV203`) lie beside CVSS since 2026: only what looks like CVSS is read.
  metrics: Type.Optional(Type.Record(Type.String(), Type.Array(Type.Unknown()))),
  weaknesses: Type.Optional(Type.Array(Weakness)),
  configurations: Type.Optional(Type.Array(CpeConfiguration)),
  references: Type.Optional(Type.Array(Type.Object({ url: Text, tags: Type.Optional(Type.Array(Text)) }))),
});
export type NvdCve = Static<typeof NvdCve>;
export const NvdMetric = Metric;
