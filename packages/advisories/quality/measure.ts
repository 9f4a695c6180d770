import { readOffered } from '../feed/testing/reading.ts';
import { FEEDS } from '../feeds/registry.ts';
import { assess, lookupKeys, softwareOfPackage, softwareOfPurl } from '../match/index.ts';
import type { Assessment, ClaimKey, ClaimRecord, Verdict } from '../match/index.ts';
import type { Software } from '../model/index.ts';
import type { LabelledInventory, Recorded, Truth } from './labelled.ts';

export interface Measured {
  readonly truePositives: number;
  readonly falsePositives: readonly string[];
  readonly falseNegatives: readonly string[];
  /** Labelled unknown and answered otherwise, or the other way round. */
  readonly wronglyDecided: readonly string[];
  /** Matches that no label mentions, labels of packages that are not there. */
  readonly unlabelled: readonly string[];
  readonly labels: number;
}

export interface Store {
  readonly claims: (keys: readonly ClaimKey[]) => readonly ClaimRecord[];
}

/** All records together, as a fleet of many distributions has them: one must not leak into another. */
export async function storeOf(
  inventories: readonly LabelledInventory[],
  allowed: { readonly faults: boolean } = { faults: false },
): Promise<Store> {
  const byKey = new Map<string, ClaimRecord[]>();
  const add = (record: ClaimRecord): void => {
    const key = keyOf(record.claim);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [record]);
    else list.push(record);
  };
  for (const recorded of inventories.flatMap(({ records }) => records))
    for (const advisory of await advisoriesOf(recorded, allowed.faults))
      for (const claim of advisory.claims) add({ claim, advisory });
  return { claims: (keys) => keys.flatMap((key) => byKey.get(keyOf(key)) ?? []) };
}

async function advisoriesOf(recorded: Recorded, withFaults: boolean) {
  const feed = FEEDS.find(({ id }) => id === recorded.feed);
  if (feed === undefined) throw new Error(`there is no feed '${recorded.feed}'`);
  const { role, path, content, entries } = recorded;
  const { advisories, faults } = await readOffered(feed, {
    role,
    path,
    ...(content === undefined ? {} : { content }),
    ...(entries === undefined ? {} : { entries: new Map(Object.entries(entries)) }),
  });
  if (advisories.length === 0 || (faults.length > 0 && !withFaults))
    throw new Error(`${recorded.feed} read ${advisories.length} advisories; faults: ${JSON.stringify(faults)}`);
  return advisories;
}

const keyOf = ({ namespace, nameKind, name }: ClaimKey): string => `${namespace}\n${nameKind}\n${name}`;

const FRESH = { advisories: 'current', asOf: null, why: null, support: 'supported', supportNote: null } as const;

export function measure(inventory: LabelledInventory, store: Store): Measured {
  const assessed = new Map<string, Assessment>();
  for (const [subject, software] of softwareOf(inventory))
    assessed.set(subject, assess(software, store.claims(lookupKeys(software)), { fresh: FRESH }));
  const unlabelled: string[] = [];
  const falsePositives: string[] = [];
  const falseNegatives: string[] = [];
  const wronglyDecided: string[] = [];
  let truePositives = 0;
  for (const [vulnerability, subject, truth] of inventory.labels) {
    const assessment = assessed.get(subject);
    const said = `${vulnerability} in ${subject}`;
    if (assessment === undefined) {
      unlabelled.push(`${said}: there is no such package`);
      continue;
    }
    const answer = answerOf(assessment, vulnerability);
    if (answer === truth && truth === 'affected') truePositives += 1;
    else if (answer === 'affected') falsePositives.push(said);
    else if (truth === 'affected') falseNegatives.push(said);
    else if (answer !== truth) wronglyDecided.push(`${said}: ${answer}, and not ${truth}`);
  }
  for (const [subject, { verdicts }] of assessed)
    for (const { vulnerability } of verdicts)
      if (!inventory.labels.some(([id, name]) => id === vulnerability && name === subject))
        unlabelled.push(`${vulnerability} in ${subject}: a match without a label`);
  return { truePositives, falsePositives, falseNegatives, wronglyDecided, unlabelled, labels: inventory.labels.length };
}

/**
 * What is not mentioned is taken as not affected, as a user takes it, unless the package as a whole could not be assessed: a
 * third party's package is unknown, never safe.
 */
function answerOf({ verdicts, gaps }: Assessment, vulnerability: string): Truth {
  const verdict: Verdict | undefined = verdicts.find((each) => each.vulnerability === vulnerability);
  if (verdict !== undefined) return verdict.outcome;
  return gaps.some(({ reason }) => reason === 'third-party-origin') ? 'unknown' : 'not-affected';
}

function softwareOf({ os, packages, purls }: LabelledInventory): readonly (readonly [string, Software])[] {
  const installed = Object.entries(packages).map(([subject, facts]) => {
    if (os === null) throw new Error(`${subject} needs an operating system`);
    return [subject, softwareOfPackage(facts, os)] as const;
  });
  const named = Object.entries(purls).map(([subject, purl]) => {
    const software = softwareOfPurl(purl);
    if ('gap' in software) throw new Error(`${subject}: ${software.gap}`);
    return [subject, software] as const;
  });
  return [...installed, ...named];
}
