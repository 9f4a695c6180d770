import { type FactOf, type Priority, type PriorityInput, type RuntimeExposure, prioritise } from '@thimble/advisories';
import type { VulnerabilityFacts } from './facts.ts';

/** What people say of the endpoint that it is on. */
export type Asset = Pick<PriorityInput, 'assetCriticality' | 'assetExposure'>;

/** How urgent a vulnerability is on such an endpoint, where it is exposed so. */
export function priorityFor(known: StoredPriority, exposure: RuntimeExposure, asset: Asset): Priority {
  const { input } = known;
  const isSame =
    exposure === input.exposure &&
    asset.assetCriticality === input.assetCriticality &&
    asset.assetExposure === input.assetExposure;
  return isSame ? known.priority : prioritise({ ...input, ...asset, exposure });
}

/** What a vulnerability's urgency is computed from, and what it comes to. */
export interface StoredPriority {
  readonly input: PriorityInput;
  readonly priority: Priority;
}

/** Across a fleet exposure and importance differ, so they are taken as unknown. */
export function priorityOf(vulnerability: string, facts: VulnerabilityFacts): StoredPriority {
  const score = bestScore(facts);
  const input: PriorityInput = {
    vulnerability,
    cvss: score?.score ?? null,
    cvssVector: score?.vector ?? null,
    vendorSeverity: heaviest(facts.vendorSeverities),
    kev: facts.kev,
    epss: facts.epss,
    ssvc: facts.ssvc,
    exploit: facts.exploit,
    exposure: 'unknown',
    assetCriticality: 'unknown',
    assetExposure: 'unknown',
  };
  return { input, priority: prioritise(input) };
}

/**
 * The highest base score: of the vulnerability's own description where there is one, else of what vendors say of it.
 * Version 2 counts only when there is no other: its scores are not comparable.
 */
export function bestScore({ descriptions, advisories }: VulnerabilityFacts) {
  const scored = (list: readonly FactOf<'description'>['cvss'][number][]) =>
    list.filter(({ score }) => score !== null).sort((a, b) => (b.score ?? 0) - (a.score ?? 0));
  const own = scored(descriptions.flatMap(({ cvss }) => cvss));
  const theirs = scored(advisories.flatMap(({ cvss }) => cvss ?? []));
  const modern = [...own, ...theirs].find(({ version }) => version !== '2.0');
  return modern ?? own[0] ?? theirs[0] ?? null;
}

const SEVERITY_WORDS: readonly RegExp[] = [/critical/i, /important|high/i, /moderate|medium/i, /low|minor/i];

/** Vendors differ between releases; the heaviest word counts for the vulnerability as a whole. */
function heaviest(words: readonly string[]): string | null {
  for (const pattern of SEVERITY_WORDS) {
    const word = words.find((each) => pattern.test(each));
    if (word !== undefined) return word;
  }
  return words[0] ?? null;
}
