import { problemAt, type Finding, type Path } from '../document/finding.ts';
import type { PolicyCheck } from './check.ts';

/** What is called by its name, in a plan or by a person, has to be the only one of that name. */
export const checkNames: PolicyCheck = function* ({ rings = [], windows = [], budgets = [], gate }) {
  yield* repeated(rings, 'ring', ['rings'], 'name');
  yield* repeated(windows, 'window', ['windows'], 'name');
  yield* repeated(gate?.probes ?? [], 'probe', ['gate', 'probes'], 'name');
  for (const [index, ring] of rings.entries())
    yield* repeated(ring.gate?.probes ?? [], 'probe', ['rings', index, 'gate', 'probes'], 'name');
  yield* repeated(budgets, 'budget per', ['budgets'], 'per');
};

function* repeated<K extends string>(
  items: readonly Readonly<Record<K, string>>[],
  noun: string,
  path: Path,
  key: K,
): Iterable<Finding> {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const name = item[key];
    if (seen.has(name)) yield problemAt([...path, index, key], `there is a ${noun} ${name} already`);
    seen.add(name);
  }
}
