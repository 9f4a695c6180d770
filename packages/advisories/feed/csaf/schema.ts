import { Type, type Static } from 'typebox';

/** Most entries of one list: a Linux kernel document of Red Hat's names about 60,000 products. */
const LIMIT_ENTRIES = 200_000;
const Text = Type.String({ maxLength: 500_000 });
const Id = Type.String({ maxLength: 4096 });
const Ids = Type.Array(Id, { maxItems: LIMIT_ENTRIES });
const optional = <T extends Parameters<typeof Type.Optional>[0]>(schema: T) => Type.Optional(schema);

const ProductStatus = Type.Object({
  first_affected: optional(Ids),
  first_fixed: optional(Ids),
  fixed: optional(Ids),
  known_affected: optional(Ids),
  known_not_affected: optional(Ids),
  last_affected: optional(Ids),
  recommended: optional(Ids),
  under_investigation: optional(Ids),
});
export type CsafProductStatus = keyof Static<typeof ProductStatus>;

const Cvss = optional(Type.Object({ vectorString: optional(Text) }));
const Score = Type.Object({ cvss_v2: Cvss, cvss_v3: Cvss, cvss_v4: Cvss });

const Vulnerability = Type.Object({
  cve: optional(Text),
  ids: optional(Type.Array(Type.Object({ system_name: optional(Text), text: Text }))),
  title: optional(Text),
  product_status: optional(ProductStatus),
  flags: optional(Type.Array(Type.Object({ label: Text, product_ids: optional(Ids) }))),
  remediations: optional(
    Type.Array(Type.Object({ category: Text, details: optional(Text), product_ids: optional(Ids) }), {
      maxItems: LIMIT_ENTRIES,
    }),
  ),
  threats: optional(Type.Array(Type.Object({ category: Text, details: optional(Text), product_ids: optional(Ids) }))),
  scores: optional(Type.Array(Score)),
  /** CSAF 2.1 has these instead of `scores`. */
  metrics: optional(Type.Array(Type.Object({ content: Score }))),
});
export type CsafVulnerability = Static<typeof Vulnerability>;

const Relationship = Type.Object({
  category: Text,
  product_reference: Id,
  relates_to_product_reference: Id,
  full_product_name: Type.Object({ product_id: Id, name: optional(Text) }),
});

/** What is read of a CSAF 2.0 or 2.1 document (OASIS, https://docs.oasis-open.org/csaf/csaf/). */
export const CsafDocument = Type.Object({
  document: Type.Object({
    category: Text,
    csaf_version: Type.Union([Type.Literal('2.0'), Type.Literal('2.1')]),
    title: Text,
    publisher: Type.Object({ name: Text }),
    aggregate_severity: optional(Type.Object({ text: Text })),
    notes: optional(Type.Array(Type.Object({ category: Text, text: Text }))),
    references: optional(Type.Array(Type.Object({ url: Text, category: optional(Text) }))),
    tracking: Type.Object({
      id: Text,
      status: Text,
      aliases: optional(Type.Array(Text)),
      initial_release_date: optional(Text),
      current_release_date: optional(Text),
    }),
  }),
  product_tree: optional(
    Type.Object({
      /** Nested, so read by hand and with a limit on its depth. */
      branches: optional(Type.Array(Type.Unknown())),
      full_product_names: optional(Type.Array(Type.Unknown())),
      relationships: optional(Type.Array(Relationship, { maxItems: LIMIT_ENTRIES })),
    }),
  ),
  vulnerabilities: optional(Type.Array(Vulnerability, { maxItems: 10_000 })),
});
export type CsafDocument = Static<typeof CsafDocument>;
