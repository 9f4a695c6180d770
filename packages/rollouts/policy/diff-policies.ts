import type { PolicyDocument } from '@thimble/protocol';
import { pathInWords, type Path } from './document/finding.ts';
import { ordered } from './document/in-schema-order.ts';

/** One part of a policy that is another one than before. */
export interface PolicyChange {
  /** `rings.canary.soak`: entries of lists that have names are told by name, so that a new ring does not change all after it. */
  readonly path: string;
  /** As YAML would write it on one line; empty: it was not there. */
  readonly before: string;
  readonly after: string;
  /** `rings.canary.soak: 1h → 2h`. */
  readonly words: string;
}

/** What was changed from one document to another, in the order of the schema. Equal documents have no changes. */
export function diffPolicies(before: PolicyDocument, after: PolicyDocument): readonly PolicyChange[] {
  return [...differences(ordered(before), ordered(after), [])];
}

function* differences(before: unknown, after: unknown, path: Path): Iterable<PolicyChange> {
  const old = partsOf(before);
  const young = partsOf(after);
  if (old === null || young === null || old.kind !== young.kind) {
    const change = { path: pathInWords(path), before: printed(before), after: printed(after) };
    if (change.before !== change.after) yield { ...change, words: inWords(change) };
    return;
  }
  const keys = [...new Set([...old.parts.keys(), ...young.parts.keys()])];
  for (const key of keys) yield* differences(old.parts.get(key), young.parts.get(key), [...path, key]);
  const orders = [old, young].map(({ parts }) =>
    [...parts.keys()].filter((key) => old.parts.has(key) && young.parts.has(key)).join(', '),
  );
  const [oldOrder = '', newOrder = ''] = orders;
  // Rings go by their order: another order of the same ones is another policy.
  if (old.kind === 'named' && oldOrder !== newOrder) {
    const change = { path: `${pathInWords(path)} (order)`, before: oldOrder, after: newOrder };
    yield { ...change, words: inWords(change) };
  }
}

interface Parts {
  readonly kind: 'group' | 'named';
  readonly parts: ReadonlyMap<string, unknown>;
}

/** What can be compared part by part: groups, and lists whose entries have names. */
function partsOf(value: unknown): Parts | null {
  if (Array.isArray(value)) {
    const named = value.map((item: unknown) => [nameOf(item), item] as const);
    const parts = new Map(named.flatMap(([name, item]) => (name === null ? [] : [[name, item]])));
    return parts.size === value.length && value.length > 0 ? { kind: 'named', parts } : null;
  }
  return typeof value === 'object' && value !== null ? { kind: 'group', parts: new Map(Object.entries(value)) } : null;
}

/** Budgets are told by what they are per. */
function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null;
  const name = 'name' in item ? item.name : 'per' in item ? item.per : null;
  return typeof name === 'string' ? name : null;
}

function printed(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, each]) => `${key}: ${printed(each)}`)
    .join(', ')}}`;
}

function inWords({ path, before, after }: Omit<PolicyChange, 'words'>): string {
  if (before === '') return `${path}: ${after} is new`;
  return after === '' ? `${path}: ${before} is gone` : `${path}: ${before} → ${after}`;
}
