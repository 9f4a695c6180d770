import { type FactBody, type FactKind, type FactOf, mergedExploits } from '@thimble/advisories';
import { type Kysely, sql } from 'kysely';
import { factsOfSubjects } from '../../advisories/index.ts';
import type { Tables } from '../../storage/index.ts';

/** What a record says of the vulnerability as a whole. */
export interface AboutAdvisory {
  readonly feed: string;
  readonly id: string;
  readonly title: string;
  readonly cvss: FactOf<'description'>['cvss'];
}

/** Everything known of a vulnerability besides verdicts. Where several feeds tell, the first by name counts; exploits add up. */
export interface VulnerabilityFacts {
  readonly kev: FactOf<'kev'> | null;
  readonly epss: FactOf<'epss'> | null;
  readonly ssvc: FactOf<'ssvc'> | null;
  readonly exploit: FactOf<'exploit'> | null;
  readonly descriptions: readonly FactOf<'description'>[];
  readonly advisories: readonly AboutAdvisory[];
  /** As vendors wrote it, of the packages that it is in here. */
  readonly vendorSeverities: readonly string[];
}

const KINDS = ['kev', 'epss', 'ssvc', 'exploit', 'description'] as const satisfies readonly FactKind[];
/** Records about one vulnerability that are looked at: a kernel's CVE is in a hundred. */
const ADVISORIES = 50;

export async function factsOf(
  within: Kysely<Tables>,
  vulnerabilities: readonly string[],
): Promise<ReadonlyMap<string, VulnerabilityFacts>> {
  const facts = new Map<string, FactBody[]>();
  for (const kind of KINDS)
    for (const fact of await factsOfSubjects(within, kind, vulnerabilities)) {
      const { vulnerability } = fact as FactOf<(typeof KINDS)[number]>;
      facts.set(vulnerability, [...(facts.get(vulnerability) ?? []), fact]);
    }
  const advisories = await advisoriesAbout(within, vulnerabilities);
  const severities = await vendorSeverities(within, vulnerabilities);
  return new Map(
    vulnerabilities.map((id) => {
      const own = facts.get(id) ?? [];
      const first = <Kind extends FactKind>(kind: Kind) =>
        (own.find((fact) => fact.kind === kind) as FactOf<Kind> | undefined) ?? null;
      return [
        id,
        {
          kev: first('kev'),
          epss: first('epss'),
          ssvc: first('ssvc'),
          exploit: mergedExploits(own),
          descriptions: own.filter((fact) => fact.kind === 'description'),
          advisories: advisories.get(id) ?? [],
          vendorSeverities: severities.get(id) ?? [],
        },
      ];
    }),
  );
}

async function advisoriesAbout(
  within: Kysely<Tables>,
  vulnerabilities: readonly string[],
): Promise<ReadonlyMap<string, readonly AboutAdvisory[]>> {
  const { rows } = await sql<AboutAdvisory & { vulnerability: string }>`
    select about.vulnerability, a.feed, a.record_id as id, v.document->>'title' as title, v.document->'cvss' as cvss
    from advisory_version v join advisory a on a.id = v.advisory_id
    cross join lateral unnest(v.vulnerabilities) as about (vulnerability)
    where v.valid_to is null and v.withdrawn is null and v.vulnerabilities && ${vulnerabilities}::text[]
      and about.vulnerability = any(${vulnerabilities}::text[])
    order by a.feed, a.record_id`.execute(within);
  const found = new Map<string, AboutAdvisory[]>();
  for (const { vulnerability, ...advisory } of rows) {
    const list = found.get(vulnerability) ?? [];
    found.set(vulnerability, list);
    if (list.length < ADVISORIES) list.push(advisory);
  }
  return found;
}

async function vendorSeverities(
  within: Kysely<Tables>,
  vulnerabilities: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await sql<{ vulnerability: string; severities: string[] }>`
    select vulnerability, array_agg(distinct severity) as severities from verdict
    where vulnerability = any(${vulnerabilities}::text[]) and valid_to is null and severity is not null
    group by vulnerability`.execute(within);
  return new Map(rows.map(({ vulnerability, severities }) => [vulnerability, severities]));
}
