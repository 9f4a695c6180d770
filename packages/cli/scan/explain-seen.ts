import {
  assess,
  type Assessment,
  ecosystemOf,
  explain,
  type Explanation,
  type FactBody,
  FEEDS,
  lookupKeys,
  namespaceOf,
  type Software,
  vulnerabilitiesCalled,
} from '@thimble/advisories';
import { type FeedState, freshnessOf, type LocalAdvisories, type ReadOptions } from '@thimble/feeds';
import type { Seen } from './look/seen.ts';
import { softwareOfSeen } from './software-of-seen.ts';

export interface Question {
  readonly vulnerability: string;
  /** Of a binary or source package, or a component. */
  readonly packageName: string;
  readonly asOf: Date;
  /** What is known now is asked, not what was known then. */
  readonly isNow: boolean;
}

export interface LocalExplanation {
  readonly vulnerability: string;
  readonly subject: string;
  readonly asOf: string;
  readonly text: string;
  readonly outcomes: readonly {
    readonly vulnerability: string;
    readonly package: string;
    readonly version: string;
    readonly outcome: string;
  }[];
}

const FACT_KINDS = ['kev', 'epss', 'ssvc', 'exploit'] as const;

/** The argument for each package of that name; null: the target has none. */
export async function explainSeen(
  seen: Seen,
  { vulnerability, packageName, asOf, isNow }: Question,
  advisories: LocalAdvisories,
): Promise<LocalExplanation | null> {
  const named = softwareOfSeen(seen).software.filter(({ software }) => isNamed(software, packageName));
  if (named.length === 0) return null;
  const place = seen.os === null ? null : namespaceOf(seen.os);
  const derivedFrom = place === null || 'gap' in place ? null : place.derivedFrom;
  const then = isNow ? {} : { asOf };
  const states = await statesAsOf(advisories, asOf);
  const explanations: Explained[] = [];
  for (const { software } of named) {
    const assessment = await assessAsOf(software, advisories, { states, asOf, knowledge: then });
    const called = vulnerabilitiesCalled(assessment, vulnerability);
    for (const id of called.length === 0 ? [usualSpelling(vulnerability)] : called) {
      const facts: FactBody[] = [];
      for (const kind of FACT_KINDS) facts.push(...(await advisories.facts(kind, [id], then)));
      const explanation = explain({ assessment, vulnerability: id, asOf: asOf.toISOString(), facts, derivedFrom });
      explanations.push({ software, id, explanation });
    }
  }
  return {
    vulnerability,
    subject: `${packageName} in ${seen.subject.name}`,
    asOf: asOf.toISOString(),
    text: explanations.map((each) => textOf(each, vulnerability)).join('\n'),
    outcomes: explanations.map(({ software, id, explanation }) => ({
      vulnerability: id,
      package: software.name,
      version: software.version,
      outcome: explanation.outcome,
    })),
  };
}

interface Explained {
  readonly software: Software;
  readonly id: string;
  readonly explanation: Explanation;
}

function textOf({ id, explanation }: Explained, asked: string): string {
  return id === usualSpelling(asked) ? explanation.text : `${asked} is about ${id}:\n${explanation.text}`;
}

/** CVE numbers are written in capitals, whatever was typed. */
function usualSpelling(id: string): string {
  return /^cve-/i.test(id) ? id.toUpperCase() : id;
}

/** Of feeds that were not read until later nothing was known then. */
async function statesAsOf(advisories: LocalAdvisories, asOf: Date): Promise<readonly FeedState[]> {
  const firstSyncs = await advisories.firstSyncs();
  return (await advisories.states()).filter(({ feed }) => (firstSyncs.get(feed)?.getTime() ?? 0) <= asOf.getTime());
}

async function assessAsOf(
  software: Software,
  advisories: LocalAdvisories,
  {
    states,
    asOf,
    knowledge: then,
  }: { readonly states: readonly FeedState[]; readonly asOf: Date; readonly knowledge: ReadOptions },
): Promise<Assessment> {
  const { namespace } = software;
  const support = await advisories.facts('support', [namespace], then);
  const named = await advisories.named([namespace, ecosystemOf(namespace)]);
  const fresh = freshnessOf(namespace, { feeds: FEEDS, states, support, now: asOf, named });
  return assess(software, await advisories.claims(lookupKeys(software), then), { fresh });
}

function isNamed({ name, source }: Software, wanted: string): boolean {
  return name === wanted || source?.name === wanted || name.endsWith(`/${wanted}`) || name.endsWith(`:${wanted}`);
}
