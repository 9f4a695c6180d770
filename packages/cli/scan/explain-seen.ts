import {
  assess,
  ecosystemOf,
  explain,
  type FactBody,
  FEEDS,
  lookupKeys,
  namespaceOf,
  type Software,
} from '@thimble/advisories';
import { freshnessOf, type LocalAdvisories } from '@thimble/feeds';
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
  readonly outcomes: readonly { readonly package: string; readonly version: string; readonly outcome: string }[];
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
  const then = isNow ? {} : { asOf };
  const facts: FactBody[] = [];
  for (const kind of FACT_KINDS) facts.push(...(await advisories.facts(kind, [vulnerability], then)));
  const states = await advisories.states();
  const place = seen.os === null ? null : namespaceOf(seen.os);
  const explanations = [];
  for (const { software } of named) {
    const support = await advisories.facts('support', [software.namespace], then);
    const named = await advisories.named([software.namespace, ecosystemOf(software.namespace)]);
    const fresh = freshnessOf(software.namespace, { feeds: FEEDS, states, support, now: asOf, named });
    const assessment = assess(software, await advisories.claims(lookupKeys(software), then), { fresh });
    const derivedFrom = place === null || 'gap' in place ? null : place.derivedFrom;
    explanations.push({
      software,
      explanation: explain({ assessment, vulnerability, asOf: asOf.toISOString(), facts, derivedFrom }),
    });
  }
  return {
    vulnerability,
    subject: `${packageName} in ${seen.subject.name}`,
    asOf: asOf.toISOString(),
    text: explanations.map(({ explanation }) => explanation.text).join('\n'),
    outcomes: explanations.map(({ software, explanation }) => ({
      package: software.name,
      version: software.version,
      outcome: explanation.outcome,
    })),
  };
}

function isNamed({ name, source }: Software, wanted: string): boolean {
  return name === wanted || source?.name === wanted || name.endsWith(`/${wanted}`) || name.endsWith(`:${wanted}`);
}
