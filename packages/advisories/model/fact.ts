import { Type, type Static } from 'typebox';
import { CvssScore, Provenance } from './advisory.ts';
import { Day, Line, Moment, orNull, Prose, RecordId } from './fields.ts';

/** Known Exploited Vulnerabilities catalogue (CISA). */
export const KevFact = Type.Object({
  kind: Type.Literal('kev'),
  vulnerability: RecordId,
  addedOn: Day,
  dueOn: orNull(Day),
  /** Null: not known. */
  ransomware: orNull(Type.Boolean()),
  title: Line,
  requiredAction: Prose,
});

/** Exploit Prediction Scoring System (FIRST): probability of exploitation within 30 days. */
export const EpssFact = Type.Object({
  kind: Type.Literal('epss'),
  vulnerability: RecordId,
  probability: Type.Number({ minimum: 0, maximum: 1 }),
  percentile: Type.Number({ minimum: 0, maximum: 1 }),
  scoredOn: orNull(Day),
});

/** SSVC decision points as CISA's coordinator states them (values in lower case, whatever the spelling upstream). */
export const SsvcFact = Type.Object({
  kind: Type.Literal('ssvc'),
  vulnerability: RecordId,
  exploitation: Type.Union([Type.Literal('none'), Type.Literal('poc'), Type.Literal('active')]),
  automatable: Type.Boolean(),
  technicalImpact: Type.Union([Type.Literal('partial'), Type.Literal('total')]),
  statedAt: orNull(Moment),
});

/** Public exploit code or modules: counts only. */
export const ExploitFact = Type.Object({
  kind: Type.Literal('exploit'),
  vulnerability: RecordId,
  sources: Type.Array(Type.Object({ name: Line, count: Type.Integer({ minimum: 0 }) }), { maxItems: 64 }),
  /** The source's own word for how mature it is. */
  maturity: orNull(Line),
  firstOn: orNull(Day),
  lastOn: orNull(Day),
});

/** What is known of a vulnerability itself, independent of any package (CVE record, NVD). */
export const DescriptionFact = Type.Object({
  kind: Type.Literal('description'),
  vulnerability: RecordId,
  status: Type.Union([Type.Literal('published'), Type.Literal('rejected'), Type.Literal('reserved')]),
  title: Line,
  text: Prose,
  cvss: Type.Array(CvssScore, { maxItems: 64 }),
  cwe: Type.Array(Line, { maxItems: 64 }),
  published: orNull(Moment),
  modified: orNull(Moment),
});

/** Until when a product's release gets repairs (endoflife.date, distro-info, debian-security-support). */
export const SupportFact = Type.Object({
  kind: Type.Literal('support'),
  /** A namespace (`debian:12`), or `product:NAME:CYCLE`, or `debian:12/source/NAME` for one package of a release. */
  subject: Line,
  title: Line,
  /** Day after which the publisher's regular security support has ended; null: not stated. */
  endsOn: orNull(Day),
  /** Day after which paid or extended support has ended. */
  extendedEndsOn: orNull(Day),
  /** `true`: it is over though no day is stated; `limited`: only parts are supported, see note. */
  ended: Type.Union([Type.Boolean(), Type.Literal('limited')]),
  latest: orNull(Line),
  note: Prose,
});

/** Microsoft's update catalogue: which updates an update replaces. */
export const SupersedenceFact = Type.Object({
  kind: Type.Literal('supersedence'),
  /** `KB5031356` */
  update: RecordId,
  supersedes: Type.Array(RecordId, { maxItems: 10_000 }),
  products: Type.Array(Line, { maxItems: 10_000 }),
});

export const FactBody = Type.Union([
  KevFact,
  EpssFact,
  SsvcFact,
  ExploitFact,
  DescriptionFact,
  SupportFact,
  SupersedenceFact,
]);
export type FactBody = Static<typeof FactBody>;

/** Something known besides advisories, one per (feed, kind, vulnerability | subject | update). */
export const Fact = Type.Object({ body: FactBody, provenance: Provenance });
export type Fact = Static<typeof Fact>;
export type FactKind = FactBody['kind'];
export type FactOf<Kind extends FactKind> = Extract<FactBody, { readonly kind: Kind }>;

/** What a fact is about: with its kind and feed, its key. */
export function subjectOf(fact: FactBody): string {
  if (fact.kind === 'support') return fact.subject;
  return fact.kind === 'supersedence' ? fact.update : fact.vulnerability;
}
