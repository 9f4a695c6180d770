import { LIMITS, type Advisory, type Claim, type CvssScore } from '../../model/index.ts';
import { cvssScore } from '../cvss.ts';
import { FeedError } from '../feed-error.ts';
import type { Feed, FeedContext, FeedDocument, FeedItem } from '../feed.ts';
import { pastMoment } from '../moments.ts';
import { EMPTY_ADVISORY, EMPTY_CLAIM, fixedIn, line, prose } from '../record.ts';
import { childOf, childrenOf, textOf, xmlRecords, type XmlElement } from '../xml.ts';
import { packagesOf, type OvalPackage } from './criteria.ts';
import { ovalTests, type OvalTest } from './tests.ts';

/** What differs between publishers of OVAL. */
export interface OvalDialect {
  /** The source of a reference that names the advisory: `elsa`. Null: the definition's own number is the name. */
  readonly advisorySource: string | null;
  /** Where a package with these conditions is; null: that can't be said. */
  readonly namespace: (conditions: readonly string[], document: FeedDocument) => string | null;
  readonly nameKind: Claim['nameKind'];
}

type Described = Pick<
  Feed,
  'id' | 'name' | 'publisher' | 'documentation' | 'licence' | 'namespaces' | 'baseUrl' | 'intervalHours' | 'start'
>;

const LIMIT_RECORDS = 1_000_000;

/** A publisher of OVAL definitions (https://oval.mitre.org/) about rpm packages. */
export function ovalFeed(described: Described, dialect: OvalDialect): Feed {
  return {
    ...described,
    mode: 'snapshot',
    limitRecords: LIMIT_RECORDS,
    read: (document, context) => readOval(described.id, dialect, document, context),
  };
}

async function* readOval(
  feed: string,
  dialect: OvalDialect,
  document: FeedDocument,
  context: FeedContext,
): AsyncGenerator<FeedItem> {
  const what = document.request.path;
  // Read twice: what the definitions refer to stands behind them.
  const tests = await ovalTests(document, what);
  const seen = new Set<string>();
  let records = 0;
  for await (const { element, sha256 } of xmlRecords(document.chunks(), ['definition'], {
    what,
    limitRecords: LIMIT_RECORDS,
  })) {
    records += 1;
    const record = (element.attributes.get('id') ?? '').slice(0, 200) || `definition ${records}`;
    const complaints = new Set<string>();
    const advisory = advisoryOf(element, { feed, record, sha256 }, dialect, tests, document, context.now, (reason) =>
      complaints.add(reason),
    );
    if (advisory !== null) {
      const id = seen.has(advisory.id) ? `${advisory.id}/${record}`.slice(0, 128) : advisory.id;
      if (seen.has(id)) complaints.add('it is defined twice, only the first is kept');
      else {
        seen.add(id);
        yield { kind: 'advisory', advisory: { ...advisory, id } };
      }
    }
    for (const reason of complaints) yield { kind: 'fault', record, reason };
  }
  if (records === 0) throw new FeedError('malformed', `${what}: it has no definitions`);
}

function advisoryOf(
  definition: XmlElement,
  provenance: Advisory['provenance'],
  dialect: OvalDialect,
  tests: ReadonlyMap<string, OvalTest>,
  document: FeedDocument,
  now: Date,
  complain: (reason: string) => void,
): Advisory | null {
  const kind = definition.attributes.get('class');
  if (kind !== 'patch' && kind !== 'vulnerability') return null;
  const metadata = childOf(definition, 'metadata');
  const advisory = childOf(metadata, 'advisory');
  const references = childrenOf(metadata, 'reference').map(({ attributes }) => ({
    source: attributes.get('source') ?? 'reference',
    id: attributes.get('ref_id') ?? '',
    url: attributes.get('ref_url') ?? '',
  }));
  const named =
    references.find(({ source }) => source.toLowerCase() === dialect.advisorySource)?.id ?? provenance.record;
  const name = named.replace(/\s+/g, '_');
  if (!/^[\x21-\x7e]{1,128}$/.test(name)) {
    complain('it has no id');
    return null;
  }
  const cves = references.filter(({ source }) => /^cve$/i.test(source)).map(({ id }) => id);
  const vulnerabilities = [...new Set(cves.filter((id) => /^CVE-\d{4}-\d{4,19}$/.test(id)))].sort();
  return {
    ...EMPTY_ADVISORY,
    id: name,
    name,
    vulnerabilities:
      vulnerabilities.length === 0 ? [name] : vulnerabilities.slice(0, LIMITS.vulnerabilitiesPerAdvisory),
    title: line(textOf(metadata, 'title')),
    summary: prose(textOf(metadata, 'description')),
    published: pastMoment(
      childOf(advisory, 'issued')?.attributes.get('date') ?? textOf(metadata, 'advisory_date'),
      now,
    ),
    modified: pastMoment(childOf(advisory, 'updated')?.attributes.get('date') ?? '', now),
    severity: line(textOf(advisory, 'severity') || textOf(metadata, 'severity')) || null,
    cvss: scoresOf(advisory, provenance.feed),
    references: references
      .filter(({ url }) => url !== '' && url.length <= 4096)
      .slice(0, LIMITS.referencesPerAdvisory)
      .map(({ source, url }) => ({ kind: line(source), url })),
    claims: claimsOf(packagesOf(definition, tests, complain), dialect, document, complain),
    provenance,
  };
}

function claimsOf(
  packages: readonly OvalPackage[],
  dialect: OvalDialect,
  document: FeedDocument,
  complain: (reason: string) => void,
): Claim[] {
  const claims = new Map<string, Claim>();
  for (const { name, before, conditions, architecture } of packages) {
    const namespace = dialect.namespace(conditions, document);
    if (namespace === null || name.length > 512) {
      complain(`for ${name.slice(0, 100)} it does not say in which release`);
      continue;
    }
    const module =
      conditions.flatMap((comment) => /^Module ([\w.+-]+:[\w.+-]+) is enabled$/.exec(comment)?.[1] ?? [])[0] ?? null;
    const key = [namespace, name, before, module, architecture === null].join(' ');
    const known = claims.get(key);
    const architectures = architecture === null ? [] : architecturesOf(architecture);
    if (known !== undefined) {
      for (const one of architectures) if (known.architectures?.includes(one) === false) known.architectures.push(one);
      continue;
    }
    claims.set(key, {
      ...EMPTY_CLAIM,
      status: 'affected',
      ...(before === null ? { fix: { state: 'none', version: null } } : fixedIn('rpm', before, complain)),
      namespace,
      name,
      nameKind: dialect.nameKind,
      scheme: 'rpm',
      module,
      architectures: architecture === null ? null : architectures,
    });
  }
  return [...claims.values()];
}

/** `x86_64`, or a pattern of alternatives: `aarch64|ppc64le|x86_64`. */
function architecturesOf(pattern: string): string[] {
  const words = pattern.split('|').filter((word) => /^\w{1,20}$/.test(word));
  return [...new Set(words.flatMap((word) => (word === 'i386' ? ['i386', 'i586', 'i686'] : [word])))].slice(0, 60);
}

/** Oracle: `cvss3="5.3/CVSS:3.0/AV:N/…"`, `cvss2="7.8/AV:N/…"`. */
function scoresOf(advisory: XmlElement | undefined, source: string): CvssScore[] {
  const scores = new Map<string, CvssScore>();
  for (const { attributes } of childrenOf(advisory, 'cve'))
    for (const text of [attributes.get('cvss4'), attributes.get('cvss3'), attributes.get('cvss2')]) {
      const vector = /^[\d.]{1,4}\/(.+)$/.exec(text ?? '')?.[1];
      const score = vector === undefined ? null : cvssScore(vector, source);
      if (score !== null) scores.set(score.vector, score);
    }
  return [...scores.values()].slice(0, 64);
}
